"""Rows read and written by plain SQL, where every report passes.

The ORM builds a statement anew each time, and PostgreSQL plans it anew; for a look-up by key that
is most of the work. Here the text is made once, PostgreSQL keeps its plan (``prepared``), and what
comes back are ordinary instances.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import Field, Model

M = TypeVar("M", bound=Model)


@contextmanager
def prepared() -> Iterator[Any]:
    """Yield a cursor whose statements PostgreSQL parses and plans once a connection.

    For statements of constant text that every request sends. Parameters are bound by the server,
    which must be able to tell their types (``%s::uuid[]``); one statement an ``execute``.
    """
    connection.ensure_connection()
    raw = psycopg.Cursor(connection.connection)
    # As Django wraps its own: errors are Django's, statements are counted and logged.
    with connection._prepare_cursor(raw) as cursor:  # type: ignore[attr-defined]  # not in the stubs
        yield cursor


def together() -> AbstractContextManager[None]:
    """Run a block in the caller's transaction, or in one of its own where there is none.

    Two statements cheaper than a savepoint, and right only where a refusal comes before the first
    write: what was written before an error goes when the caller's transaction is rolled back.
    """
    if connection.in_atomic_block:
        return nullcontext()
    return transaction.atomic()


@cache
def _shape(model: type[Model]) -> tuple[str, list[str], list[tuple[int, Any]]]:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    converters = [
        (at, convert)
        for at, field in enumerate(fields)
        if (convert := getattr(field, "from_db_value", None)) is not None
    ]
    return columns, [field.attname for field in fields], converters


def fetch(model: type[M], where: str, params: Sequence[Any], *, beside: str = "") -> list[M]:
    """Return the rows of a model for which ``where`` holds; one statement.

    ``where`` is SQL written in the code, never input, with %s for each of ``params``; order, limit
    and locking clauses may follow in it. ``beside`` is one more expression; its value is put on
    each instance as ``beside``.
    """
    columns, names, converters = _shape(model)
    more = f", {beside}" if beside else ""
    statement = f'SELECT {columns}{more} FROM "{model._meta.db_table}" WHERE {where}'  # noqa: S608 -- names of the model, words of the code
    with prepared() as cursor:
        cursor.execute(statement, params)
        rows = cursor.fetchall()
    found = []
    for row in rows:
        values = list(row[: len(names)])
        for at, convert in converters:
            values[at] = convert(values[at], None, connection)
        one = model.from_db(connection.alias, names, values)
        if beside:
            one.beside = row[-1]  # type: ignore[attr-defined]  # read by who asked for it
        found.append(one)
    return found


def first(model: type[M], where: str, params: Sequence[Any], *, beside: str = "") -> M | None:
    """Return the first of these rows, None when there is none."""
    found = fetch(model, where, params, beside=beside)
    return found[0] if found else None


# Fields whose values are stored as they are: for these the work of preparing them is left out.
_PLAIN = (
    models.CharField,
    models.TextField,
    models.UUIDField,
    models.BooleanField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.JSONField,
    models.DateField,
    models.DateTimeField,
    models.ForeignKey,
    ArrayField,
)


@cache
def _writing(model: type[Model]) -> tuple[str, list[tuple[str, str, Any]]]:
    fields: list[tuple[str, str, Any]] = []
    for field in model._meta.concrete_fields:
        assert field.column is not None
        own_moment = type(field).pre_save is not Field.pre_save and (
            getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
        )
        plain = type(field) in _PLAIN and not own_moment
        fields.append((field.column, field.attname, None if plain else field))
    columns = ", ".join(f'"{column}"' for column, _name, _field in fields)
    table = model._meta.db_table
    # One parameter a row: the server turns it into the table's own types, refusing what does not
    # fit, and the statement's text does not depend on which values are empty.
    source = f'SELECT {columns} FROM json_populate_record(NULL::"{table}", %s::json)'  # noqa: S608 -- names of the model
    return f'INSERT INTO "{table}" ({columns}) {source}', fields


def _stored(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, (bytes, memoryview)):
        return "\\x" + bytes(value).hex()
    if hasattr(value, "obj"):  # psycopg's mark on a JSON value
        return value.obj
    return str(value)


_encode = json.JSONEncoder(default=_stored).encode


def _record(row: Model) -> str:
    _statement, fields = _writing(type(row))
    values = {}
    for column, name, field in fields:
        if field is None:
            values[column] = getattr(row, name)
        else:
            values[column] = field.get_db_prep_save(field.pre_save(row, True), connection)
    return _encode(values)


@cache
def _together(kinds: tuple[type[Model], ...], conflict: str) -> str:
    head, *rest = [_writing(kind)[0] for kind in kinds]
    parts = [f"w0 AS ({head}{conflict} RETURNING 1)"]
    # What hangs on the first row is written only where that one is.
    only = " WHERE EXISTS (SELECT FROM w0)" if conflict else ""
    parts += [f"w{at} AS ({one}{only})" for at, one in enumerate(rest, start=1)]
    return f"WITH {', '.join(parts)} SELECT count(*) FROM w0"  # noqa: S608 -- names of the models


def insert(*rows: Model, once: str = "") -> bool:
    """Insert new rows, of one model or several, by one statement; tell whether they were new.

    All of them or none; errors are the database's (``IntegrityError``). Keys must be set; foreign
    keys among the rows are fine, as they are checked at the end. No signals are sent. ``once``
    names a unique index as ON CONFLICT does: where the first row is there already, nothing is
    written and the answer is False.
    """
    conflict = f" ON CONFLICT {once} DO NOTHING" if once else ""
    statement = _together(tuple(type(row) for row in rows), conflict)
    with prepared() as cursor:
        cursor.execute(statement, [_record(row) for row in rows])
        (new,) = cursor.fetchone()
    if new:
        _written(rows)
    return bool(new)


def insert_new(rows: Sequence[Model]) -> set[Any]:
    """Insert those of the rows, all of one model, that are not there yet; return their keys.

    One statement; which unique value makes a row known does not matter. No signals are sent.
    """
    if not rows:
        return set()
    statement = _several(type(rows[0]))
    with prepared() as cursor:
        cursor.execute(statement, [f"[{','.join(map(_record, rows))}]"])
        new = {key for (key,) in cursor.fetchall()}
    _written([row for row in rows if row.pk in new])
    return new


@cache
def _several(model: type[Model]) -> str:
    one = _writing(model)[0].replace("json_populate_record(", "json_populate_recordset(")
    key = model._meta.pk.column
    return f'{one} ON CONFLICT DO NOTHING RETURNING "{key}"'


def _written(rows: Iterable[Model]) -> None:
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
