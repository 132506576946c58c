"""Taking a household sheet in: read, plan, and write the plan in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, Any

from django.core.files.base import File
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.crypto import encrypt
from liren.base.errors import Changed
from liren.base.pinyin import pinyin_of
from liren.base.sheets import SheetError, SheetResult, read_sheet
from liren.territory import queries as territory
from liren.territory.actions.bulk import (
    PlaceRow,
    add_compounds,
    add_places,
    copy_in,
    update_places,
)
from liren.territory.actions.frame import lock_community

from .layout import COLUMNS, refused_headers
from .plan import Home, Human, Node, Plan, plan_register

MAX_ROWS = 200_000
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. ``written`` is False for a dry run, or when wrong rows held all back."""

    plan: Plan
    written: bool


def read_register(
    data: bytes | IO[bytes] | File[bytes], *, max_rows: int = MAX_ROWS
) -> SheetResult:
    """Return the rows of a household sheet.

    Raises ``SheetError`` when it cannot be used at all, and when it has a column that must not be
    kept about people (G1): such a list is not taken in part.
    """
    sheet = read_sheet(data, columns=COLUMNS, max_rows=max_rows, keep_raw=True)
    refused = refused_headers(sheet.ignored)
    if refused:
        raise SheetError(
            _(
                "This sheet has the column %(names)s. Liren keeps nothing of the kind about "
                "people. Nothing was taken in: please delete the column and send the sheet again."
            )
            % {"names": _(", ").join(f"“{name[:40]}”" for name in refused[:10])},
            code="sheet_refused_column",
        )
    for row in sheet.rows:  # remarks are read to be refused aloud, whatever they say
        row.values.pop("note", None)
        row.errors.pop("note", None)
    return sheet


def import_register(
    *,
    by: Actor,
    community: str,
    data: bytes,
    name: str = "",
    dry_run: bool = False,
    good_rows_only: bool = False,
    say: Say = lambda _step: None,
) -> Outcome:
    """Take a community's household sheet in.

    Promises: places, people and residences are written together or not at all; the same sheet
    again changes nothing; nothing and nobody missing from the sheet is removed; remarks about
    households are not stored (G1). With wrong rows nothing is written unless ``good_rows_only``.
    ``say`` hears the name of each step.
    Refuses: whoever may not import there (``NotAllowed``); an unknown community (``NotFound``); a
    file that is no such sheet (``SheetError``); ``Changed`` when somebody else recorded one of the
    identity numbers at the same moment.
    """
    require(by, Permission.SHEET_IMPORT, community)
    place = territory.community(community)
    say("reading")
    sheet = read_register(data)
    with transaction.atomic():
        if not dry_run:
            lock_community(community)
        say("checking")
        plan = plan_register(place, sheet)
        if dry_run or (plan.faulty and not good_rows_only):
            return Outcome(plan, written=False)
        say("writing")
        write(by=by, community=community, why=reason_of(name), plan=plan)
    return Outcome(plan, written=True)


def reason_of(name: str) -> str:
    """Return what the audit says of rows from a sheet of this name."""
    return f"sheet {name}"[:200].strip()


def write(*, by: Actor, community: str, why: str, plan: Plan) -> None:
    """Write a plan, all of it or nothing; the community is locked by the caller.

    Raises ``Changed`` when somebody else recorded one of the identity numbers at the same moment.
    """
    require(by, Permission.SHEET_IMPORT, community)
    try:
        with transaction.atomic():
            _write(by, community, why, plan)
    except IntegrityError:
        raise Changed(
            _("Somebody recorded one of these people at the same moment. Please try again.")
        ) from None


def _write(by: Actor, community: str, why: str, plan: Plan) -> None:
    def place_row(node: Node) -> PlaceRow:
        assert node.parent is not None
        return PlaceRow(
            node.id, node.code, node.parent.id, node.level, node.name, node.full_name,
            node.area, node.longitude, node.latitude,
        )  # fmt: skip

    new = [node for node in plan.nodes if node.new]
    changed = [node for node in plan.nodes if not node.new]
    if new:
        add_places(by=by, community=community, why=why, places=map(place_row, new))
    if changed:
        update_places(by=by, community=community, why=why, places=map(place_row, changed))
    if plan.compounds or plan.members:
        add_compounds(
            by=by,
            community=community,
            why=why,
            compounds=[(compound.id, compound.name) for compound in plan.compounds],
            members=[(compound.id, node.id) for compound, node in plan.members],
        )
    if plan.humans:
        _write_people(by, community, why, plan.humans)
    if plan.homes:
        _write_homes(by, community, why, plan.homes)


_PEOPLE_IN = """
CREATE TEMPORARY TABLE people_in (
  id uuid NOT NULL, fresh boolean NOT NULL, place_code varchar(24) COLLATE "C" NOT NULL,
  name varchar(60) NOT NULL, name_pinyin varchar(120) NOT NULL,
  phone bytea, phone_hash bytea, identity bytea, identity_hash bytea, birth_year smallint
) ON COMMIT DROP
"""


def _write_people(by: Actor, community: str, why: str, humans: Iterable[Human]) -> None:
    def row(human: Human) -> tuple[Any, ...]:
        phone = identity = born = None
        if human.phone:
            phone = encrypt(human.phone, "people.person.phone")
        if human.identity:
            identity = encrypt(human.identity, "people.person.identity")
            born = int(human.identity[6:10])
        return (
            human.id,
            human.new,
            human.place_code,
            human.name,
            pinyin_of(human.name, "person").full[:120],
            phone,
            human.phone_hash if phone else None,
            identity,
            human.identity_hash if identity else None,
            born,
        )

    said: dict[str, Any] = {"community": community, "by": by.name, "why": why, "at": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE_IN)
        copy_in(
            "people_in",
            "id, fresh, place_code, name, name_pinyin, phone, phone_hash, identity,"
            " identity_hash, birth_year",
            map(row, humans),
        )
        cursor.execute(
            "UPDATE people_person p SET name = i.name, name_pinyin = i.name_pinyin,"
            " place_code = i.place_code, left_on = NULL,"
            " phone = coalesce(i.phone, p.phone),"
            " phone_hash = coalesce(i.phone_hash, p.phone_hash),"
            " identity = coalesce(i.identity, p.identity),"
            " identity_hash = coalesce(i.identity_hash, p.identity_hash),"
            " birth_year = coalesce(i.birth_year, p.birth_year),"
            " changed_by = %(by)s, changed_why = %(why)s, changed_at = %(at)s"
            " FROM people_in i WHERE p.id = i.id AND NOT i.fresh AND p.community = %(community)s",
            said,
        )
        cursor.execute(
            "INSERT INTO people_person (id, community, place_code, name, name_pinyin, phone,"
            " phone_hash, identity, identity_hash, birth_year, language, large_type, synthetic,"
            " changed_by, changed_why, changed_at)"
            " SELECT id, %(community)s, place_code, name, name_pinyin, phone, phone_hash,"
            " identity, identity_hash, birth_year, 'zh-hans', false, false,"
            " %(by)s, %(why)s, %(at)s FROM people_in WHERE fresh",
            said,
        )
        cursor.execute("DROP TABLE people_in")


_HOMES_IN = """
CREATE TEMPORARY TABLE homes_in (
  id uuid NOT NULL, fresh boolean NOT NULL, person uuid NOT NULL, place uuid NOT NULL,
  place_code varchar(24) COLLATE "C" NOT NULL, tenure varchar(8) NOT NULL
) ON COMMIT DROP
"""


def _write_homes(by: Actor, community: str, why: str, homes: Iterable[Home]) -> None:
    said: dict[str, Any] = {
        "community": community,
        "by": by.name,
        "why": why,
        "at": clock.now(),
        "today": clock.today(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_HOMES_IN)
        copy_in(
            "homes_in",
            "id, fresh, person, place, place_code, tenure",
            ((h.id, h.new, h.human.id, h.place.id, h.place.code, str(h.tenure)) for h in homes),
        )
        cursor.execute(
            "UPDATE people_residence r SET tenure = i.tenure,"
            " changed_by = %(by)s, changed_why = %(why)s, changed_at = %(at)s"
            " FROM homes_in i WHERE r.id = i.id AND NOT i.fresh AND r.community = %(community)s",
            said,
        )
        cursor.execute(
            "INSERT INTO people_residence (id, community, person_id, place_id, place_code, tenure,"
            " since, changed_by, changed_why, changed_at)"
            " SELECT id, %(community)s, person, place, place_code, tenure, %(today)s,"
            " %(by)s, %(why)s, %(at)s FROM homes_in WHERE fresh",
            said,
        )
        cursor.execute("DROP TABLE homes_in")
