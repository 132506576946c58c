"""Taking in the published divisions: province, city, county, subdistrict, community."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission, code_range
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Invalid
from liren.base.ids import uuid7
from liren.base.pinyin import pinyin_of

from ..codes import LEVELS, community_of
from ..divisions import Division
from ..enums import ChangeKind
from ..models import Place

_PARENT = {2: 0, 4: 2, 6: 4, 9: 6, 12: 9}
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_LINES = 2000

_INCOMING = """
CREATE TEMPORARY TABLE divisions_in (
  id uuid NOT NULL, code varchar(12) COLLATE "C" NOT NULL, parent varchar(9) COLLATE "C",
  community varchar(12) COLLATE "C" NOT NULL, level varchar(12) NOT NULL,
  name varchar(80) NOT NULL, pinyin varchar(240) NOT NULL, initials varchar(60) NOT NULL
) ON COMMIT DROP
"""
_ORPHANS = """
SELECT i.code FROM divisions_in i
 WHERE i.parent IS NOT NULL
   AND NOT EXISTS (SELECT FROM divisions_in a WHERE a.code = i.parent)
   AND NOT EXISTS (SELECT FROM territory_place p WHERE p.code = i.parent)
 ORDER BY i.code LIMIT 5
"""
_NEW = "NOT EXISTS (SELECT FROM territory_place o WHERE o.code = i.code)"
_ADD = f"""
INSERT INTO territory_place (id, community, code, parent_id, level, name, full_name, aliases,
                             pinyin, initials, synthetic, changed_by, changed_why, changed_at)
SELECT i.id, i.community, i.code, coalesce(p.id, a.id), i.level, i.name, i.name, '{{}}',
       i.pinyin, i.initials, false, %(by)s, %(why)s, %(at)s
  FROM divisions_in i
  LEFT JOIN territory_place p ON p.code = i.parent
  LEFT JOIN divisions_in a ON a.code = i.parent
 WHERE {_NEW}
ON CONFLICT (code) DO NOTHING
"""  # noqa: S608 -- our own constants
# What a community has renamed by hand keeps its name: the published one is among the aliases.
_RENAMED = "p.code = i.code AND p.name <> i.name AND NOT i.name = ANY (p.aliases)"
_CHANGE = """
INSERT INTO territory_placechange (id, community, place_id, kind, old_code, new_code, old_name,
                                   at, by, why)
"""
_NOTE_RENAMED = f"""
{_CHANGE}
SELECT i.id, p.community, p.id, '{ChangeKind.RENAMED}', p.code, p.code, p.name,
       %(at)s, %(by)s, %(why)s
  FROM territory_place p, divisions_in i WHERE {_RENAMED}
"""  # noqa: S608 -- our own constants
_RENAME = f"""
UPDATE territory_place p
   SET name = i.name, full_name = CASE WHEN p.full_name IN ('', p.name) THEN i.name
                                       ELSE p.full_name END,
       aliases = p.aliases || p.name, pinyin = i.pinyin, initials = i.initials,
       changed_by = %(by)s, changed_why = %(why)s, changed_at = %(at)s
  FROM divisions_in i WHERE {_RENAMED}
"""  # noqa: S608 -- our own constants
_VANISHED = """
p.code >= %(low)s AND p.code < %(high)s AND length(p.code) <= 12
AND p.closed_on IS NULL AND NOT p.synthetic
AND NOT EXISTS (SELECT FROM divisions_in i WHERE i.code = p.code)
"""
_NOTE_CLOSED = f"""
{_CHANGE}
SELECT gen_random_uuid(), p.community, p.id, '{ChangeKind.CLOSED}', p.code, p.code, p.name,
       %(at)s, %(by)s, %(why)s
  FROM territory_place p WHERE {_VANISHED}
"""  # noqa: S608 -- our own constants
_CLOSE = f"""
UPDATE territory_place p
   SET closed_on = %(today)s, changed_by = %(by)s, changed_why = %(why)s, changed_at = %(at)s
 WHERE {_VANISHED}
"""  # noqa: S608 -- our own constants


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an import did.

    ``vanished``: open here, not in the source; ``closed``: how many of them were closed now;
    ``closed_here``: in the source, closed here before and left so.
    """

    read: int
    added: int
    renamed: int
    vanished: int
    closed: int
    closed_here: int


def load_divisions(
    *,
    by: Actor,
    divisions: Iterable[Division],
    selection: str,
    source: str,
    close_missing: bool = False,
) -> Loaded:
    """Take divisions in, all of them or none. ``selection`` is the code they lie at and below.

    Promises: a code that is here keeps its identity and everything below it; a name that differs
    becomes the published one and the old one an alias, unless the published one is already an
    alias (then somebody renamed it on purpose). Running it again changes nothing. What the source
    no longer has is closed only with ``close_missing``, never deleted. New rows are audited by
    one row that holds their number and digest (docs/adr/0010), changes of existing ones one by
    one. Memory does not grow with the number of rows.
    Refuses (``Invalid``): a division whose parent is nowhere, the same code twice, nothing at all
    for ``selection``; (``NotAllowed``) whoever may not edit places there.
    """
    require(by, Permission.PLACE_EDIT, selection)
    low, high = code_range(selection)
    said: dict[str, Any] = {
        "by": by.name,
        "why": f"divisions from {source}"[:200],
        "at": clock.now(),
        "today": clock.today(),
        "low": low,
        "high": high,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_INCOMING)
        count, here, digest = _copy(divisions, selection)
        if not here:
            raise Invalid(_("The source has no division %(code)s.") % {"code": selection})
        try:
            with transaction.atomic():
                cursor.execute("CREATE UNIQUE INDEX ON divisions_in (code)")
        except IntegrityError:
            raise Invalid(_("The source has the same code twice.")) from None
        cursor.execute("ANALYZE divisions_in")
        cursor.execute(_ORPHANS)
        orphans = [row[0] for row in cursor.fetchall()]
        if orphans:
            raise Invalid(
                _("The source has divisions without their parent: %(codes)s")
                % {"codes": ", ".join(orphans)}
            )
        cursor.execute(_NOTE_RENAMED, said)
        cursor.execute(_RENAME, said)
        renamed = cursor.rowcount
        added = _add(cursor, said, selection, count, digest)
        cursor.execute(f"SELECT count(*) FROM territory_place p WHERE {_VANISHED}", said)  # noqa: S608 -- our own constants
        (vanished,) = cursor.fetchone()
        closed = 0
        if close_missing and vanished:
            cursor.execute(_NOTE_CLOSED, said)
            cursor.execute(_CLOSE, said)
            closed = cursor.rowcount
        cursor.execute(
            "SELECT count(*) FROM divisions_in JOIN territory_place p USING (code)"
            " WHERE p.closed_on IS NOT NULL"
        )
        (closed_here,) = cursor.fetchone()
        cursor.execute("DROP TABLE divisions_in")
    return Loaded(count, added, renamed, vanished, closed, closed_here)


def _copy(divisions: Iterable[Division], selection: str) -> tuple[int, int, str]:
    """Stream the rows into the temporary table.

    Returns how many there are, how many of them at or below ``selection``, and their digest.
    Lines are written by hand: psycopg's adaptation of eight values costs more than the readings.
    """
    count = here = 0
    digest = hashlib.sha256()
    raw = connection.cursor().cursor  # psycopg's own: Django has no COPY
    with raw.copy(
        "COPY divisions_in (id, code, parent, community, level, name, pinyin, initials) FROM STDIN"
    ) as copy:
        lines: list[str] = []
        for code, name in divisions:
            length = len(code)
            parent = code[: _PARENT[length]] or "\\N"
            full, initials, _spaced = pinyin_of(name, region=code)
            shown = name if name.isalnum() else name.translate(_ESCAPED)
            lines.append(
                f"{uuid7()}\t{code}\t{parent}\t{community_of(code)}\t{LEVELS[length].value}"
                f"\t{shown}\t{full[:240]}\t{initials[:60]}\n"
            )
            digest.update(f"{code},{name}\n".encode())
            count += 1
            here += code.startswith(selection)
            if len(lines) == _LINES:
                copy.write("".join(lines))
                lines.clear()
        copy.write("".join(lines))
    return count, here, digest.hexdigest()


def _add(cursor: Any, said: dict[str, Any], selection: str, rows: int, digest: str) -> int:
    """Insert what is new without a trigger call a row, and write one audit row for all of it.

    Only the tables' owner may switch a trigger off; the serving role cannot.
    """
    cursor.execute(f"SELECT EXISTS (SELECT FROM divisions_in i WHERE {_NEW})")  # noqa: S608 -- our own constants
    if not cursor.fetchone()[0]:
        return 0
    triggers: list[Any] = Place._meta.triggers  # type: ignore[attr-defined]  # pgtrigger's option
    name = next(t for t in triggers if t.name == "audit").get_pgid(Place)
    # PostgreSQL refuses ALTER TABLE while foreign keys of this transaction wait to be checked.
    settle = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
    cursor.execute(f"{settle}; ALTER TABLE territory_place DISABLE TRIGGER {name}")
    cursor.execute(_ADD, said)
    added: int = cursor.rowcount
    cursor.execute(f"{settle}; ALTER TABLE territory_place ENABLE TRIGGER {name}")
    record = {
        "code": selection,
        "community": community_of(selection) if selection else "",
        "changed_by": said["by"],
        "changed_why": said["why"],
        "added": added,
        "rows": rows,
        "sha256": digest,
    }
    cursor.execute(
        "SELECT liren_audit('territory_place', 'INSERT', %s::jsonb, 'full')", [json.dumps(record)]
    )
    return added
