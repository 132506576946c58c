"""From a sheet or pasted text to tickets a person can confirm. Writes nothing.

What was read travels sealed in the form between preview and confirmation: nothing of it is stored
before a person says yes, and nobody else can open it.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.access.actor import Actor
from liren.base import clock
from liren.base.crypto import CannotDecrypt, decrypt, encrypt
from liren.base.errors import Gone, Invalid
from liren.base.identifiers import normalise_phone
from liren.base.sheets import Column, Kind, SheetError, read_sheet
from liren.base.text import clean_line, clean_text
from liren.base.working_time import Unit
from liren.territory import queries as territory
from liren.territory.enums import Level
from liren.territory.models import PlaceSet, PlaceSetMember

from . import suggestions
from .actions.hotline import NUMBER_MAX
from .actions.reporting import TEXT_MAX
from .kernel import addresses, tickets
from .models import Category, Matter

MOST: Final = 150
PASTE_MAX: Final = 100_000
SEALED_HOURS: Final = 24
TITLES: Final = {
    "number": gettext_lazy("Ticket number"),
    "title": gettext_lazy("Title"),
    "text": gettext_lazy("What it says"),
    "name": gettext_lazy("Caller"),
    "phone": gettext_lazy("Telephone"),
    "address": gettext_lazy("Address"),
    "due": gettext_lazy("Limit"),
    "sent": gettext_lazy("Handed down"),
    "kind": gettext_lazy("Category"),
    "shielded": gettext_lazy("Confidential"),
}
_NAMES = frozenset(name for names in tickets.NAMES.values() for name in names)
_WIDEST = {"text": 20_000, "title": 500, "address": 500}


def columns() -> list[Column]:
    """Return the columns of a sheet of tickets, with every name we know for them."""
    return [
        Column(
            key,
            TITLES[key],
            names,
            required=key == "text",
            kind=Kind.MULTILINE if key == "text" else Kind.TEXT,
            max_len=_WIDEST.get(key, 200),
        )
        for key, names in tickets.NAMES.items()
    ]


@dataclass(slots=True)
class Read:
    """One ticket as it was read: ``due`` in ISO form, ``wrong`` by field in plain words."""

    number: str = ""
    text: str = ""
    name: str = ""
    phone: str = ""
    address: str = ""
    due: str = ""
    kind: str = ""
    shielded: bool = False
    row: int = 0
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def limit(self) -> datetime | None:
        """The ticket's own limit."""
        return datetime.fromisoformat(self.due) if self.due else None


def from_sheet(file: Any, community: str) -> list[Read]:
    """Return the tickets of a sheet (.xlsx, .xls, .ods, .csv in UTF-8 or GBK).

    Raises ``SheetError`` in words for whoever sent it, also for more than ``MOST`` tickets.
    """
    found = read_sheet(file, columns=columns(), max_rows=MOST)
    if not found.rows:
        raise SheetError(_("There is no ticket below the header of this sheet."), code="no_rows")
    return [
        _read(
            {key: str(value) for key, value in row.values.items() if value is not None},
            {key: str(said) for key, said in row.errors.items()},
            community,
            row.number,
        )
        for row in found.rows
    ]


def from_text(pasted: str, community: str) -> list[Read]:
    """Return the tickets of a pasted text: "name：value", or rows copied out of a sheet.

    Raises ``Invalid`` when no field is recognised, the text is too long, or there are more than
    ``MOST`` tickets.
    """
    clean_text(pasted, PASTE_MAX)
    first = pasted.strip().partition("\n")[0]
    if len([cell for cell in first.split("\t") if cell.strip() in _NAMES]) >= 2:
        return from_sheet(pasted.strip().encode(), community)
    found = tickets.split(pasted)
    if not found or not any("text" in one or "number" in one for one in found):
        raise Invalid(
            _(
                "No ticket was recognised. Each field stands as “name: value”, for example"
                " “工单编号：20261120001”, “诉求内容：…”, “地址：…”, “办理时限：…”."
            )
        )
    if len(found) > MOST:
        raise Invalid(
            format_lazy(_("More than {most} tickets at once. Please split them."), most=MOST)
        )
    return [_read(one, {}, community, at) for at, one in enumerate(found, 1)]


def _read(raw: dict[str, str], wrong: dict[str, str], community: str, row: int) -> Read:
    one = Read(row=row, wrong=wrong)
    one.number = _line(one, "number", raw.get("number", ""), NUMBER_MAX)
    title, text = raw.get("title", ""), raw.get("text", "")
    if title and title not in text:
        text = f"{title}\n{text}".strip()
    try:
        one.text = clean_text(text, TEXT_MAX, empty_ok=True)
    except Invalid as error:
        one.wrong["text"] = str(error)
    if not one.text and "text" not in one.wrong:
        one.wrong["text"] = _("The ticket does not say what it is about.")
    if not one.number and "number" not in one.wrong:
        one.wrong["number"] = _("The number is missing. Please enter it.")
    one.name = _line(one, "name", raw.get("name", ""), 60)
    one.address = _line(one, "address", raw.get("address", ""), 200)
    one.kind = raw.get("kind", "")[:60]
    one.shielded = tickets.says_yes(raw.get("shielded", ""))
    one.phone = _phone(one, raw.get("phone", ""))
    if raw.get("due"):
        limit = read_limit(raw["due"], raw.get("sent", ""), community)
        if limit is None:
            said = _("The limit “%(text)s” was not understood. Please enter it.")
            one.wrong["due"] = said % {"text": raw["due"][:40]}
        else:
            one.due = limit.isoformat()
    return one


def _line(one: Read, key: str, value: str, most: int) -> str:
    try:
        return clean_line(value, most, empty_ok=True)
    except Invalid as error:
        one.wrong[key] = str(error)
        return ""


def _phone(one: Read, text: str) -> str:
    """Return the first number in a cell that we could call; several are often in one."""
    for part in [text, *text.replace("、", " ").replace("/", " ").replace("，", " ").split()]:
        try:
            return normalise_phone(part)
        except Invalid:
            continue
    if text.strip():
        one.wrong["phone"] = _("The telephone number was not understood; it will be left out.")
    return ""


def read_limit(text: str, sent: str, community: str) -> datetime | None:
    """Return the moment a limit names: itself, or counted from when the ticket was handed down."""
    now = timezone.localtime(clock.now(), clock.SHANGHAI).replace(tzinfo=None)
    found = tickets.limit_of(text, now)
    if found is None:
        return None
    if found.at is not None:
        return found.at.replace(tzinfo=clock.SHANGHAI)
    start = tickets.moment_of(sent, now) if sent else None
    begun = start.replace(tzinfo=clock.SHANGHAI) if start else clock.now()
    calendar = territory.working_calendar(community)
    return calendar.due_after(begun, found.amount, Unit(found.unit)).at


# -- what a person is shown before saying yes --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """A place or category to choose, with its words."""

    value: str
    label: str


@dataclass(slots=True)
class Understood:
    """A ticket with what was found for it: places, kinds with their reasons, what is here already.

    ``twin``: the row of the same sheet that bears the same number, 0 when none does.
    """

    read: Read
    places: list[Choice]
    sure: bool
    kinds: list[tuple[Category, str]]
    here: Matter | None = None
    twin: int = 0


def understand(
    community: str, system: str, read: Sequence[Read], kinds: list[Category]
) -> list[Understood]:
    """Match each ticket to places, kinds and what is here already.

    As many statements for many tickets as for one. Everything found is a suggestion (G11).
    """
    gazetteer, names = gazetteer_of(community)
    numbers = {one.number for one in read if one.number}
    here = {
        matter.external_number: matter
        for matter in Matter.objects.filter(
            community=community, external_system=system, external_number__in=numbers
        )
    }
    first: dict[str, int] = {}
    found = []
    for one in read:
        match = gazetteer.match(one.address or one.text)
        twin = first.get(one.number, 0) if one.number else 0
        if one.number:
            first.setdefault(one.number, one.row)
        found.append(
            Understood(
                read=one,
                places=[Choice(code, names[code]) for code in match.codes if code in names],
                # Words of the complaint may name another place than where it is.
                sure=match.sure and bool(one.address),
                kinds=_kinds(kinds, one, community),
                here=here.get(one.number),
                twin=twin,
            )
        )
    return found


def gazetteer_of(community: str) -> tuple[addresses.Gazetteer, dict[str, str]]:
    """Return the places of a community prepared for matching, and their names by code."""
    levels = [Level.GRID, Level.BUILDING, Level.UNIT]
    places = list(territory.below(community).filter(level__in=levels))
    groups: dict[PlaceSet, list[str]] = {}
    members = PlaceSetMember.objects.filter(
        community=community, place_set__kind="compound"
    ).select_related("place_set", "place")
    for member in members:
        groups.setdefault(member.place_set, []).append(member.place.code)
    gazetteer = addresses.Gazetteer(
        (
            addresses.Known(
                p.code, (p.full_name, *p.aliases), "" if p.name == p.full_name else p.name
            )
            for p in places
        ),
        (addresses.Group((s.name, *s.aliases), tuple(codes)) for s, codes in groups.items()),
    )
    return gazetteer, {p.code: str(p) for p in places}


def _kinds(kinds: Iterable[Category], one: Read, community: str) -> list[tuple[Category, str]]:
    listed = list(kinds)
    found = []
    for kind in listed:
        if one.kind and one.kind.strip() in (kind.name, kind.name_en):
            found.append((kind, _("the ticket's own category")))
    for suggested in suggestions.suggest(listed, one.text, community):
        if all(suggested.kind != kind for kind, _why in found):
            said = _("it says “%(words)s”") % {"words": "、".join(suggested.reason[:3])}
            found.append((suggested.kind, said))
    return found[: suggestions.SHOWN]


# -- between preview and confirmation ----------------------------------------------------------


def seal(by: Actor, community: str, system: str, read: Sequence[Read]) -> str:
    """Return what was read as one sealed text for a hidden field; only ``by`` can open it."""
    body = {
        "at": clock.now().isoformat(),
        "system": system,
        "read": [asdict(one) for one in read],
    }
    packed = base64.b64encode(zlib.compress(json.dumps(body).encode())).decode()
    return base64.b64encode(encrypt(packed, _bound(by, community))).decode()


def unseal(by: Actor, community: str, sealed: str) -> tuple[str, list[Read]]:
    """Return (system, tickets) of a sealed text. Raises ``Gone`` when it is altered, another
    person's, of another community, or older than ``SEALED_HOURS``.
    """
    gone = Gone(_("This preview is no longer valid. Please send the tickets again."))
    try:
        packed = decrypt(base64.b64decode(sealed, validate=True), _bound(by, community))
        body = json.loads(zlib.decompress(base64.b64decode(packed)))
    except (CannotDecrypt, binascii.Error, ValueError, zlib.error):
        raise gone from None
    if (clock.now() - datetime.fromisoformat(body["at"])).total_seconds() > SEALED_HOURS * 3600:
        raise gone
    return str(body["system"]), [Read(**one) for one in body["read"]]


def _bound(by: Actor, community: str) -> str:
    return f"matters.hotline:{by.name}:{community}"
