"""Whom a call can ask: each app registers who can be found in a place.

A family finds persons by one statement; its choices are what a caller ticks ("post:unit_leader",
"opted_in"). Groups and others join by registering a family of their own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from liren.access.actor import code_range
from liren.base.rows import prepared
from liren.organisation.enums import PostKind

CONSENT = "calls"
# Ticked to begin with: who is nearest to the neighbours.
LEADERS = (PostKind.UNIT_LEADER, PostKind.BUILDING_LEADER, PostKind.GRID_LEADER)


@dataclass(frozen=True, slots=True)
class Choice:
    """One audience a caller can tick; ``chosen`` says whether it is ticked to begin with."""

    key: str
    label: str | Promise
    chosen: bool = True


@dataclass(frozen=True, slots=True)
class Family:
    """Audiences found by one statement.

    ``rows`` is SQL that yields person_id and place_code, the place by which the person is found,
    within %(low)s and %(high)s on %(today)s; %(<name>)s are the chosen arguments (text[]).
    ``offer`` lists what there is to choose at and below a code.
    """

    name: str
    rows: str
    offer: Callable[[str], Iterable[Choice]]


_families: dict[str, Family] = {}


def register(family: Family) -> None:
    """Let an app name whom it knows. Called when apps start; twice is once."""
    _families[family.name] = family


def offered(code: str) -> list[Choice]:
    """Return all audiences there are at and below a place."""
    return [choice for family in _families.values() for choice in family.offer(code)]


def finding(keys: Iterable[str]) -> tuple[str, dict[str, list[str]]]:
    """Return the SQL that finds everybody of these audiences, and its parameters.

    Raises ``KeyError`` for a key nobody has registered.
    """
    arguments: dict[str, list[str]] = {}
    for key in keys:
        if "\x00" in key:  # which the database refuses to look for
            raise KeyError(key)
        name, _colon, argument = key.partition(":")
        arguments.setdefault(_families[name].name, []).append(argument)
    if not arguments:
        raise KeyError("")
    return " UNION ALL ".join(_families[name].rows for name in arguments), arguments


# Whoever is away today has said so, and is left in peace.
_POSTS = """
SELECT t.person_id, p.place_code
  FROM organisation_post p JOIN organisation_term t ON t.post_id = p.id
 WHERE p.place_code >= %(low)s AND p.place_code < %(high)s AND p.type_id = ANY(%(post)s)
   AND p.closed_on IS NULL AND t.starts <= %(today)s AND (t.ends IS NULL OR t.ends >= %(today)s)
   AND NOT EXISTS (SELECT FROM organisation_absence a
                    WHERE a.term_id = t.id AND a.starts <= %(today)s AND a.ends >= %(today)s)
"""
_OFFERED_POSTS = """
SELECT y.code, y.name, y.name_en FROM organisation_posttype y
 WHERE EXISTS (SELECT FROM organisation_post p
                WHERE p.type_id = y.code AND p.closed_on IS NULL
                  AND p.place_code >= %s AND p.place_code < %s)
 ORDER BY y.code
"""
_OPTED_IN = """
SELECT p.id AS person_id, p.place_code
  FROM people_consent c JOIN people_person p ON p.id = c.person_id
 WHERE c.purpose = 'calls' AND c.withdrawn_at IS NULL
   AND p.place_code >= %(low)s AND p.place_code < %(high)s
   AND p.left_on IS NULL AND p.erased_at IS NULL
"""


def _posts(code: str) -> list[Choice]:
    with prepared() as cursor:
        cursor.execute(_OFFERED_POSTS, code_range(code))
        rows = cursor.fetchall()
    chinese = (get_language() or "").startswith("zh")
    return [
        Choice(f"post:{key}", name if chinese or not english else english, key in LEADERS)
        for key, name, english in rows
    ]


def _residents(_code: str) -> list[Choice]:
    return [Choice("opted_in", _("residents who said that they want to be called"))]


register(Family("post", _POSTS, _posts))
register(Family("opted_in", _OPTED_IN, _residents))
