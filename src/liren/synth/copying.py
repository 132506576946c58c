"""Loading rows by COPY: columns from the models, everything in one transaction.

Constraints stay: checks and uniqueness hold while rows come in; for a load into (nearly) empty
tables foreign keys and plain indexes are taken off and made again at the end, which validates every
row. The audit's row triggers are off during the load: one row a table, with the digest of all bytes
loaded, stands for millions (docs/adr: "Bulk loads leave one audit row a table").
"""

import hashlib
import json
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction

NULL = "\\N"
CHUNK = 1 << 18
# A table with more rows than this keeps its indexes and foreign keys during the load.
NEARLY_EMPTY = 20_000


def moment(at: datetime) -> str:
    """Return a moment as COPY reads it."""
    return at.isoformat()


def escaped(text: str) -> str:
    """Return any text as COPY reads it."""
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
        text = text.replace("\r", "\\r")
    return text


def _constant(one: "models.Field[Any, Any]", at: datetime) -> str:
    """Return what COPY writes for a field nobody gives a value for: its default."""
    if one.primary_key or (one.is_relation and not one.null):
        raise ValueError(f"{one} needs a value")
    if isinstance(one, models.DateTimeField) and one.has_default():
        return moment(at)
    if isinstance(one, models.DateField) and one.has_default():
        return at.date().isoformat()
    value = one.get_default()
    if value is None:
        if not one.null:
            raise ValueError(f"{one} needs a value")
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(one, ArrayField):
        return "{" + ",".join(str(v) for v in value) + "}"
    if isinstance(value, dict | list):
        return escaped(json.dumps(value, ensure_ascii=False))
    return escaped(str(value))


class Table:
    """The lines of one model's table; ``given`` columns come first, the rest are constants."""

    def __init__(self, model: type[models.Model], at: datetime, *given: str, **fixed: str) -> None:
        fields = {f.attname: f for f in model._meta.local_concrete_fields}
        unknown = {*given, *fixed} - fields.keys()
        if unknown:
            raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
        rest = [name for name in fields if name not in given and name not in fixed]
        self.name = model._meta.db_table
        self.columns = [*given, *fixed, *rest]
        tail = [*fixed.values(), *(_constant(fields[name], at) for name in rest)]
        self.tail = "".join(f"\t{value}" for value in tail) + "\n"
        columns = ", ".join(f'"{fields[name].column}"' for name in self.columns)
        self.statement = f'COPY "{self.name}" ({columns}) FROM STDIN'

    def line(self, *values: str) -> str:
        """Return one row; ``values`` in the order of ``given``, ready for COPY."""
        return "\t".join(values) + self.tail


@dataclass
class Loaded:
    """What went into one table."""

    rows: int = 0
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)


class Load:
    """Copies lines into tables and keeps count; use inside ``loading``.

    One thread at a time, not always the same: the next rows are made while the last go in.
    """

    def __init__(self, connection: Any) -> None:
        self.tables: dict[str, Loaded] = {}
        # psycopg's own: Django's belongs to its thread.
        self._connection = connection

    def copy(self, table: Table, lines: Iterable[str]) -> None:
        """Copy lines into a table."""
        done = self.tables.setdefault(table.name, Loaded())
        with self._connection.cursor() as cursor, cursor.copy(table.statement) as copy:
            pending: list[str] = []
            size = 0
            for line in filter(None, lines):
                done.rows += 1
                size += len(line)
                pending.append(line)
                if size > CHUNK:
                    self._send(copy, done, pending)
                    pending, size = [], 0
            self._send(copy, done, pending)

    def _send(self, copy: Any, done: Loaded, pending: list[str]) -> None:
        data = "".join(pending).encode()
        done.digest.update(data)
        done.size += len(data)
        copy.write(data)

    def digest(self) -> str:
        """Return one digest of everything loaded, table by table."""
        whole = hashlib.sha256()
        for name in sorted(self.tables):
            whole.update(name.encode() + self.tables[name].digest.digest())
        return whole.hexdigest()


@contextmanager
def loading(tables: Iterable[Table], *, actor: str, why: str) -> Any:
    """Run a bulk load in one transaction: all of it, or nothing.

    Needs the tables' owner. Yields the ``Load``; at the end writes its audit rows.
    """
    names = sorted({table.name for table in tables})
    with transaction.atomic(), connection.cursor() as cursor:
        again: list[str] = []
        for name in names:
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        empty = [name for name in names if _nearly_empty(cursor, name)]
        for name in empty:
            again += _strip(cursor, name)
        load = Load(connection.connection)
        yield load
        for statement in sorted(again, key=lambda text: "FOREIGN KEY" in text):
            cursor.execute(statement)
        for name in names:
            cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
        for name, done in sorted(load.tables.items()):
            _audit(cursor, name, done, actor, why)


def _nearly_empty(cursor: Any, name: str) -> bool:
    # The name is a model's table, no input.
    statement = f'SELECT NOT EXISTS (SELECT FROM "{name}" OFFSET %s)'  # noqa: S608
    cursor.execute(statement, [NEARLY_EMPTY])
    return bool(cursor.fetchone()[0])


def _strip(cursor: Any, name: str) -> list[str]:
    """Take foreign keys and plain indexes off a table; return how to make them again."""
    again = []
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype = 'f' ORDER BY conname",
        [name],
    )
    for key, definition in cursor.fetchall():
        cursor.execute(f'ALTER TABLE "{name}" DROP CONSTRAINT "{key}"')
        again.append(f'ALTER TABLE "{name}" ADD CONSTRAINT "{key}" {definition}')
    cursor.execute(
        "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE i.indrelid = %s::regclass AND NOT i.indisunique AND NOT EXISTS"
        " (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid) ORDER BY c.relname",
        [name],
    )
    for index, definition in cursor.fetchall():
        cursor.execute(f'DROP INDEX "{index}"')
        again.append(definition)
    return again


def _audit(cursor: Any, name: str, done: Loaded, actor: str, why: str) -> None:
    content = {"rows": done.rows, "bytes": done.size, "sha256": done.digest.hexdigest()}
    cursor.execute(
        'INSERT INTO access_auditrow (at, xact, "table", op, "row", community, actor, reason,'
        " content, digest) SELECT clock_timestamp(), pg_current_xact_id()::text::bigint, %s,"
        " 'BULK', '', '', %s, %s, c, sha256(convert_to(c::text, 'UTF8'))"
        " FROM (SELECT %s::jsonb AS c) AS content",
        [name, actor, why[:200], json.dumps(content)],
    )
