"""Who acts, with which grants: plain values, no database.

The gate knows values only. ``organisation`` computes an actor's grants from the posts a person
holds today, the middleware installs the actor on the request, jobs get a named system actor.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """How an actor came to be known."""

    ANONYMOUS = "anonymous"
    PERSON = "person"
    LINK = "link"  # a signed, expiring link that opens exactly one thing
    SYSTEM = "system"  # a named job


class Permission(StrEnum):
    """Everything a post can allow below its place; nothing else exists."""

    MATTER_VIEW = "matter.view"
    MATTER_VIEW_SHIELDED = "matter.view_shielded"
    MATTER_HANDLE = "matter.handle"
    MATTER_RECORD = "matter.record"  # report on behalf: phone, paper, at the door
    MATTER_DISPATCH = "matter.dispatch"
    MATTER_VERIFY = "matter.verify"
    MATTER_SUPERVISE = "matter.supervise"
    MATTER_DECIDE = "matter.decide"  # disputes of assignment, extensions
    PEOPLE_VIEW = "people.view"
    PEOPLE_UNMASK = "people.unmask"
    PEOPLE_EDIT = "people.edit"
    PLACE_EDIT = "place.edit"
    POST_EDIT = "post.edit"
    CALL_MAKE = "call.make"
    PARTNER_EDIT = "partner.edit"  # open calls, agreements, the joint council's lists
    BRANCH_EDIT = "branch.edit"  # a branch's meetings and tasks
    DEMAND_DECIDE = "demand.decide"  # access check of what is asked of the community
    CATEGORY_EDIT = "category.edit"
    SHEET_IMPORT = "sheet.import"
    SHEET_EXPORT = "sheet.export"
    AUDIT_READ = "audit.read"


# After "9" in ASCII: the exclusive upper bound of all digit codes that share a prefix.
CODE_END = ":"


def code_range(code: str) -> tuple[str, str]:
    """Return ``(lo, hi)`` so that ``lo <= c < hi`` holds for ``code`` and everything below it.

    Holds under COLLATE "C" for codes made of digits. The empty code covers everything.
    """
    return (code, code + CODE_END)


def covers(code: str, other: str) -> bool:
    """Tell whether the place with ``code`` is ``other`` or lies above it."""
    return other.startswith(code)


def common_prefix(codes: Iterable[str]) -> str | None:
    """Return the longest prefix all codes share; None when there are no codes."""
    listed = list(codes)
    if not listed:
        return None
    low, high = min(listed), max(listed)
    size = 0
    for a, b in zip(low, high, strict=False):
        if a != b:
            break
        size += 1
    return low[:size]


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission at one place and everything below it, until a day (included)."""

    permission: str
    code: str
    post: UUID | None = None
    until: date | None = None

    def holds(self, permission: str, code: str, today: date | None = None) -> bool:
        """Tell whether this grant allows ``permission`` at ``code`` on ``today``."""
        if self.permission != permission or not covers(self.code, code):
            return False
        return self.until is None or today is None or today <= self.until


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever does something, as the gate sees them.

    ``name`` is what the audit keeps ("person:<uuid>", "anonymous", "link:<post uuid>",
    "system:<job>"). ``person`` is the human; ``acting_for`` is the person whose mandate they use.
    ``matters`` lists the things an anonymous code or a one-tap link opens, and only those.
    ``home`` is the community whose pages are being used ("" when none).
    """

    kind: Kind
    name: str
    person: UUID | None = None
    acting_for: UUID | None = None
    home: str = ""
    posts: frozenset[UUID] = frozenset()
    grants: tuple[Grant, ...] = ()
    matters: frozenset[UUID] = frozenset()
    label: str = field(default="", compare=False)

    @property
    def is_system(self) -> bool:
        """Tell whether this is a named job, which the gate lets through."""
        return self.kind is Kind.SYSTEM

    @property
    def party(self) -> UUID | None:
        """The person in whose own affairs this actor speaks: the grantor under a mandate."""
        return self.acting_for or self.person

    def may(self, permission: str, code: str) -> bool:
        """Tell whether a grant allows ``permission`` at the place ``code``."""
        return self.is_system or any(g.holds(permission, code) for g in self.grants)

    def may_post(self, permission: str, post: UUID | None) -> bool:
        """Tell whether one of the actor's posts itself brings the permission."""
        return post is not None and any(
            g.permission == permission and g.post == post for g in self.grants
        )

    def has(self, permission: str) -> bool:
        """Tell whether the permission is held anywhere."""
        return self.is_system or any(g.permission == permission for g in self.grants)

    def codes(self, permission: str) -> list[str]:
        """Return the place codes where ``permission`` is held, without codes below others."""
        found = sorted({g.code for g in self.grants if g.permission == permission})
        kept: list[str] = []
        for code in found:
            if not kept or not covers(kept[-1], code):
                kept.append(code)
        return kept

    def at(self, community: str) -> "Actor":
        """Return the same actor using the pages of ``community``."""
        return replace(self, home=community)


def anonymous(home: str = "") -> Actor:
    """Return somebody who has not signed in."""
    return Actor(kind=Kind.ANONYMOUS, name="anonymous", home=home)


def system(job: str) -> Actor:
    """Return the named job ``job``; its name is what the audit shows."""
    return Actor(kind=Kind.SYSTEM, name=f"system:{job}")
