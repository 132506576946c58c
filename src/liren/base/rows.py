"""Rows read and written by plain SQL, where every report passes.

The ORM builds a statement anew each time; for a look-up by key that is most of the work. What comes
back are ordinary instances.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

M = TypeVar("M", bound=Model)


@cache
def _shape(model: type[Model]) -> tuple[str, list[str], list[tuple[int, Any]]]:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    converters = [
        (at, convert)
        for at, field in enumerate(fields)
        if (convert := getattr(field, "from_db_value", None)) is not None
    ]
    statement = f'SELECT {columns} FROM "{model._meta.db_table}" WHERE '  # noqa: S608 -- names of the model
    return statement, [field.attname for field in fields], converters


def fetch(model: type[M], where: str, params: Sequence[Any]) -> list[M]:
    """Return the rows of a model for which ``where`` holds; one statement.

    ``where`` is SQL written in the code, never input, with %s for each of ``params``; order, limit
    and locking clauses may follow in it.
    """
    statement, names, converters = _shape(model)
    with connection.cursor() as cursor:
        cursor.execute(statement + where, params)
        rows = cursor.fetchall()
    if converters:
        rows = [list(row) for row in rows]
        for row in rows:
            for at, convert in converters:
                row[at] = convert(row[at], None, connection)
    return [model.from_db(connection.alias, names, row) for row in rows]


def first(model: type[M], where: str, params: Sequence[Any]) -> M | None:
    """Return the first of these rows, None when there is none."""
    found = fetch(model, where, params)
    return found[0] if found else None


def insert(*rows: Model) -> None:
    """Insert new rows, of one model or several, by one statement.

    All of them or none; errors are the database's (``IntegrityError``). Keys must be set; foreign
    keys among the rows are fine, as they are checked at the end. No signals are sent.
    """
    parts: list[str] = []
    params: list[Any] = []
    for row in rows:
        fields = row._meta.concrete_fields
        marks = []
        for field in fields:
            value = field.get_db_prep_save(field.pre_save(row, True), connection)
            place = getattr(field, "get_placeholder", None)
            marks.append(place(value, None, connection) if place else "%s")
            params.append(value)
        columns = ", ".join(f'"{field.column}"' for field in fields)
        table = row._meta.db_table
        parts.append(f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join(marks)})')  # noqa: S608 -- names of the models
    *before, last = parts
    named = ", ".join(f"w{n} AS ({part})" for n, part in enumerate(before))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {named} {last}" if named else last, params)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
