"""Everything held about a person: for their page, and to take away as JSON or a sheet (PIPL 45)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BinaryField, ForeignKey, Model
from django.utils.translation import gettext as _

from liren.access import rls
from liren.base import clock
from liren.base.sheets import Column, write_sheet
from liren.base.text import mask_name
from liren.territory.models import Place

from . import consents, labels, rights
from .declarations import Declared, Field
from .enums import MandateScope
from .models import Account, Person

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# One-way keys and secrets: said to be there, never shown.
SEALED = frozenset({"password", "data", "thumb"})
# Internal names of colleagues and keys nobody can read: kept out of what people are shown.
HIDDEN = frozenset({"by", "key", "user", "person", "reporter", "tokens"})


@dataclass(frozen=True, slots=True)
class Item:
    """One personal field as the person sees it: what it is for, who reads it, how long it stays."""

    name: str
    label: "StrOrPromise"
    purpose: "StrOrPromise"
    basis: "StrOrPromise"
    readers: str
    retention: str
    law: "StrOrPromise"
    sensitive: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One table's share: its fields and the values of each row."""

    key: str
    title: "StrOrPromise"
    items: Sequence[Item]
    rows: Sequence[Sequence[str]]
    raw: Sequence[dict[str, Any]] = field(repr=False)
    more: bool = False


def retention_of(one: Field) -> str:
    """Say how long a field stays, in words."""
    if one.retention_days is None:
        return _("as long as you live here or have the account")
    if one.retention_days == 0:
        return _("as long as you have the account; then it goes at once")
    days = one.retention_days
    span = (
        _("%(n)s years") % {"n": days // 365} if days % 365 == 0 else _("%(n)s days") % {"n": days}
    )
    return _("%(span)s after it is done with") % {"span": span}


def items_of(found: Declared) -> list[Item]:
    """Return the declared fields of a table in words."""
    return [
        Item(
            name=name,
            label=labels.label(found, name),
            purpose=one.purpose,
            basis=labels.BASES[one.basis],
            readers="、".join(str(labels.READERS[reader]) for reader in one.readers),
            retention=retention_of(one),
            law=one.law,
            sensitive=one.sensitive,
        )
        for name, one in rights.fields_of(found)
        if name not in HIDDEN
    ]


def _raw(row: Model, name: str) -> Any:
    model_field = row._meta.get_field(name)
    value = getattr(row, name, None)
    if value in (None, "", []):
        return None
    if name in SEALED or isinstance(model_field, BinaryField):
        return True
    if isinstance(model_field, ForeignKey):
        return _linked(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list):
        return [str(one) for one in value]
    return value if isinstance(value, (str, int, bool, datetime, date, time)) else str(value)


def _linked(value: Any) -> str:
    if isinstance(value, Person):
        return mask_name(value.name)
    if isinstance(value, Place):
        return value.full_name
    if isinstance(value, Account):
        return value.username
    return str(value)


def _shown(row: Model, name: str) -> str:
    """Return a value as a person reads it."""
    model_field = row._meta.get_field(name)
    value = _raw(row, name)
    if value is None:
        return ""
    if name in SEALED or isinstance(model_field, BinaryField):
        return _("kept, but nobody can read it")
    display = getattr(row, f"get_{name}_display", None)
    if display is not None:
        return str(display())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return value.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if name == "language":
        return {"zh-hans": "简体中文", "en": "English"}.get(str(value), str(value))
    if name == "purpose":
        known = consents.get(str(value))
        return str(known.title) if known else str(value)
    if name == "scopes":
        return "、".join(str(MandateScope(one).label) for one in value)
    if name == "field":
        return str(labels.FIELDS.get(str(value), value))
    if name == "kind":
        # Without a display: the kind of a message, a word of the machine ("matter.verify").
        return str(labels.MESSAGES.get(str(value).partition(".")[0], labels.MESSAGE))
    if isinstance(value, list):
        return _("%(n)s entries") % {"n": len(value)}
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def tables(person: UUID, *, limit: int = 200) -> list[Table]:
    """Return everything readable that is held about a person, wherever it was written.

    One statement a table. The caller has asked whether the actor may see it (``own``).
    """
    found = []
    with rls.everywhere():
        for held in rights.held(person, limit=limit):
            items = items_of(held.declared)
            names = [item.name for item in items]
            found.append(
                Table(
                    key=held.declared.model._meta.label_lower,
                    title=labels.table(held.declared),
                    items=items,
                    rows=[[_shown(row, name) for name in names] for row in held.rows],
                    raw=[{name: _raw(row, name) for name in names} for row in held.rows],
                    more=held.more,
                )
            )
    order = list(labels.TABLES)
    return sorted(found, key=lambda t: order.index(t.key) if t.key in order else len(order))


def sections(person: UUID) -> list[rights.Section]:
    """Return what apps add beyond their tables (the timelines of one's matters …)."""
    with rls.everywhere():
        return [
            section
            for part in rights.parts()
            if part.held is not None
            for section in part.held(person)
        ]


ALL = 100_000


def as_json(person: UUID) -> bytes:
    """Return everything as JSON: values, and for each field why it is kept and for how long."""
    whole = {
        "made_at": clock.now(),
        "person": str(person),
        "tables": [
            {
                "table": table.key,
                "title": str(table.title),
                "fields": {
                    item.name: {
                        "label": str(item.label),
                        "purpose": str(item.purpose),
                        "legal_basis": str(item.basis),
                        "readers": item.readers,
                        "retention": item.retention,
                        "kept_by_law": str(item.law),
                        "sensitive": item.sensitive,
                    }
                    for item in table.items
                },
                "rows": table.raw,
            }
            for table in tables(person, limit=ALL)
        ],
        "more": [
            {"section": one.key, "title": str(one.title), "rows": one.rows}
            for one in sections(person)
        ],
    }
    text = json.dumps(whole, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1, default=str)
    return text.encode()


def as_sheet(person: UUID) -> bytes:
    """Return everything as one sheet a person can read: a line a value, with its reasons."""
    columns = [
        Column("title", _("About"), width=22),
        Column("number", _("No."), width=6),
        Column("label", _("Entry"), width=18),
        Column("value", _("What is kept"), width=46, text_only=True),
        Column("purpose", _("What for"), width=26),
        Column("basis", _("Legal basis"), width=26),
        Column("retention", _("How long"), width=26),
        Column("readers", _("Who reads it"), width=30),
    ]
    return write_sheet(_lines(person), columns, sheet_name=str(_("My data")))


def _lines(person: UUID) -> Iterable[dict[str, Any]]:
    for table in tables(person, limit=ALL):
        for number, row in enumerate(table.rows, 1):
            for item, value in zip(table.items, row, strict=True):
                if value:
                    yield {
                        "title": str(table.title),
                        "number": number,
                        "label": str(item.label),
                        "value": value,
                        "purpose": str(item.purpose),
                        "basis": str(item.basis),
                        "retention": item.retention,
                        "readers": item.readers,
                    }
    for section in sections(person):
        for number, line in enumerate(section.rows, 1):
            for key, value in line.items():
                if value not in (None, ""):
                    yield {
                        "title": str(section.title),
                        "number": number,
                        "label": str(labels.FIELDS.get(key, key)),
                        "value": value
                        if isinstance(value, str)
                        else value.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")
                        if isinstance(value, datetime)
                        else str(value),
                    }
