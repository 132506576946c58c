"""What is held about a person, and what deletion and retention do with it: one engine for all.

Everything here reads the declarations (``people.declarations``), so a new table takes part the
moment it declares itself. An app whose rows need more care than "empty" or "delete" registers a
``Part``: ``matters`` keeps the facts of a matter and lets go of the person.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import DateField, ForeignKey, Model, Q, QuerySet
from django.db.models.fields import Field as ModelField

from liren.access.actor import Actor
from liren.access.audit import Tracked
from liren.base import clock

from .declarations import Declared, Field, Then, all_declared

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that outlives a request for deletion, and why, and until when.

    ``fields`` are the person's own fields that stay with it ("name"). ``until`` None means until
    something ends that has no date yet; ``why`` says what.
    """

    what: "StrOrPromise"
    why: "StrOrPromise"
    until: date | None
    fields: frozenset[str] = frozenset()
    count: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """More that is held about a person, beyond what the declarations find: for the export."""

    key: str
    title: "StrOrPromise"
    rows: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """One app's share in deletion, retention and export.

    ``refuse`` says why deletion cannot begin ("" when it can); ``kept`` what stays; ``erase`` does
    it, in the caller's transaction, and returns how many rows it touched; ``purge`` applies
    retention up to a moment and returns how many rows by table; ``held`` adds to the export;
    ``stop`` ends what rests on a consent that was withdrawn.
    """

    key: str
    refuse: "Callable[[UUID], StrOrPromise] | None" = None
    kept: Callable[[UUID], Iterable[Kept]] | None = None
    erase: Callable[[UUID, Actor], int] | None = None
    purge: Callable[[datetime], dict[str, int]] | None = None
    held: Callable[[UUID], Iterable[Section]] | None = None
    stop: Callable[[UUID, str, Actor], None] | None = None


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Let an app take part; called when apps start."""
    _parts[part.key] = part


def parts() -> list[Part]:
    """Return the parts in a stable order."""
    return [_parts[key] for key in sorted(_parts)]


# -- what is held ----------------------------------------------------------------------------------


def rows_of(found: Declared, person: UUID) -> "QuerySet[Any]":
    """Return the rows of a model that belong to a person."""
    manager: Any = found.model._default_manager
    if found.rows is None:
        return manager.none()  # type: ignore[no-any-return]  # a manager of any model
    condition = Q(pk__in=[])
    for lookup in found.rows.of:
        condition |= Q(**{lookup: person})
    return manager.filter(condition)  # type: ignore[no-any-return]  # a manager of any model


@dataclass(frozen=True, slots=True)
class Held:
    """One table's share of what is held about a person."""

    declared: Declared
    rows: Sequence[Model]
    more: bool = False


def held(person: UUID, *, limit: int = 200) -> Iterator[Held]:
    """Yield every table that holds something readable about a person, newest rows first.

    One statement a table, whatever the number of rows; ``more`` tells that ``limit`` cut it.
    """
    for found in all_declared():
        if found.rows is None or not found.rows.shown:
            continue
        links = [
            name
            for name in found.personal
            if isinstance(found.model._meta.get_field(name), ForeignKey)
        ]
        rows = list(rows_of(found, person).select_related(*links).order_by("-pk")[: limit + 1])
        if rows:
            yield Held(found, rows[:limit], len(rows) > limit)


# -- deletion --------------------------------------------------------------------------------------


def refusals(person: UUID) -> list["StrOrPromise"]:
    """Return why deletion cannot begin yet; empty when it can."""
    found = [part.refuse(person) for part in parts() if part.refuse is not None]
    return [one for one in found if one]


def law_of(found: Declared) -> "StrOrPromise":
    """Return the provision that keeps a table's rows although deletion is asked ("" if none)."""
    return next((one.law for one in found.personal.values() if one.law), "")


def longest(found: Declared) -> int | None:
    """Return after how many days the whole row may go; None when a field has no limit."""
    days = [one.retention_days for one in found.personal.values()]
    return None if None in days or not days else max(day for day in days if day is not None)


def end_of(found: Declared, row: Model) -> date | None:
    """Return the day the purpose of a row ended; today when it is only now given up."""
    value = getattr(row, found.rows.ends, None) if found.rows and found.rows.ends else None
    if isinstance(value, datetime):
        return value.astimezone(clock.SHANGHAI).date()
    return value if isinstance(value, date) else None


def kept(person: UUID) -> list[Kept]:
    """Return what deletion would leave, each with its reason and its last day."""
    stays: list[Kept] = []
    for found in all_declared():
        law = law_of(found)
        if not law or found.rows is None or found.rows.then is not Then.DELETE:
            continue
        rows = list(rows_of(found, person))
        if not rows:
            continue
        days = longest(found)
        ends = [end_of(found, row) or clock.today() for row in rows]
        until = max(ends) + timedelta(days=days) if days is not None else None
        stays.append(Kept(found.model._meta.verbose_name or "", law, until, count=len(rows)))
    for part in parts():
        if part.kept is not None:
            stays += part.kept(person)
    return stays


def erase_rows(person: UUID, by: Actor) -> dict[str, int]:
    """Delete or empty everything that hangs on a person and that no law keeps.

    Runs in the caller's transaction; returns rows touched by table. The person's own row is the
    caller's (``actions.erase``).
    """
    done: dict[str, int] = {}
    for part in parts():
        if part.erase is not None:
            count = part.erase(person, by)
            if count:
                done[part.key] = count
    for found in all_declared():
        if found.rows is None or found.rows.then is Then.APP or law_of(found):
            continue
        if found.model._meta.label_lower in ("people.person", "people.account"):
            continue
        rows = rows_of(found, person)
        if found.rows.then is Then.DELETE:
            count = delete(rows, by.name, "erased at the person's request")
        else:
            count = rows.update(**emptied(found, found.personal, by.name))
        if count:
            done[found.model._meta.db_table] = count
    return done


def delete(rows: "QuerySet[Any]", by: str, why: str) -> int:
    """Delete rows; the audit names who did it, not who wrote the row last."""
    ids = list(rows.values_list("pk", flat=True))
    chosen: QuerySet[Any] = rows.model._default_manager.filter(pk__in=ids)
    if issubclass(rows.model, Tracked):
        chosen.update(changed_by=by, changed_why=why, changed_at=clock.now())
    chosen.delete()
    return len(ids)


def empty_value(of: "ModelField[Any, Any]") -> Any:
    """Return what an emptied field holds: NULL where it may, else the empty value of its kind."""
    if of.null:
        return None
    if of.has_default():
        return of.get_default()
    kind = of.get_internal_type()
    if kind in ("BooleanField",):
        return False
    return ""


def emptied(found: Declared, names: Iterable[str], by: str) -> dict[str, Any]:
    """Return the values of an update that empties the named fields."""
    values = {
        name: empty_value(found.model._meta.get_field(name))  # type: ignore[arg-type]  # concrete
        for name in names
    }
    if issubclass(found.model, Tracked):
        values |= {"changed_by": by, "changed_why": "emptied", "changed_at": clock.now()}
    return values


# -- retention -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Purged:
    """What the retention job removed: counts only."""

    table: str
    rows: int
    fields: str = ""


def purge(now: datetime | None = None, *, by: str = "system:purge") -> list[Purged]:
    """Apply the declared retention: what its time is over for goes.

    Rows that are deleted go when their longest time is over; emptied fields go one by one, each
    when its own is. Returns counts by table; the caller writes them down.
    """
    at = now or clock.now()
    done: list[Purged] = []
    for found in all_declared():
        if found.rows is None or not found.rows.ends or found.rows.then is Then.APP:
            continue
        if found.rows.then is Then.DELETE:
            days = longest(found)
            if days is not None:
                count = delete(_ended(found, at, days), by, "retention is over")
                if count:
                    done.append(Purged(found.model._meta.db_table, count))
        else:
            done += empty_old(found, at, by)
    for part in parts():
        if part.purge is not None:
            done += [Purged(table, count) for table, count in part.purge(at).items() if count]
    return done


def _ended(found: Declared, at: datetime, days: int) -> "QuerySet[Any]":
    assert found.rows is not None
    ends = found.model._meta.get_field(found.rows.ends)
    limit = at - timedelta(days=days)
    plain_day = isinstance(ends, DateField) and ends.get_internal_type() == "DateField"
    bound: date = limit.astimezone(clock.SHANGHAI).date() if plain_day else limit
    manager: Any = found.model._default_manager
    return manager.filter(**{f"{found.rows.ends}__lt": bound})  # type: ignore[no-any-return]  # a manager of any model


def empty_old(found: Declared, at: datetime, by: str) -> Iterator[Purged]:
    """Empty the fields of a table whose own time is over; yield counts."""
    by_days: dict[int, list[str]] = {}
    for name, one in found.personal.items():
        if one.retention_days is not None:
            by_days.setdefault(one.retention_days, []).append(name)
    for days, names in sorted(by_days.items()):
        filled = Q(pk__in=[])
        for name in names:
            model_field: Any = found.model._meta.get_field(name)
            value = empty_value(model_field)
            filled |= ~Q(**{f"{name}__isnull": True}) if value is None else ~Q(**{name: value})
        count = _ended(found, at, days).filter(filled).update(**emptied(found, names, by))
        if count:
            yield Purged(found.model._meta.db_table, count, ", ".join(sorted(names))[:200])


def fields_of(found: Declared) -> list[tuple[str, Field]]:
    """Return a table's personal fields in the order of the table."""
    order = [f.name for f in found.model._meta.concrete_fields]
    return sorted(found.personal.items(), key=lambda pair: order.index(pair[0]))
