"""The audit's seal: batches of rows chained by hashes, so that no change goes unseen.

A row's digest covers all its columns. A seal keeps the digests of its rows and the hash

    sha256(hash of the seal before ‖ xact_until ‖ at ‖ rows)

so that changing, removing or slipping in one row breaks it, and rewriting a whole seal breaks
every later one. Whoever writes the head down elsewhere (a newspaper, a notice board, the level
above) can show that nothing was rewritten since, by the owner of the database neither.

Which rows are final? Identities do not tell: a long transaction commits rows with lower numbers
than those already sealed. Transaction numbers do: of transactions below
``pg_snapshot_xmin(pg_current_snapshot())`` none is running any more. A seal takes every row from
the bound of the one before up to that number. Digests are computed here, not in the database,
which whoever tampers could teach to answer what they like.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from liren.base import clock

from .models import AuditSeal

DIGEST = 32
ENTRY = 8 + DIGEST
BATCH = 50_000
START = bytes(DIGEST)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOCK = 5_461_627  # an advisory lock of our own: one sealer at a time

_COLUMNS = 'id, at, xact, "table", op, "row", community, actor, reason, content::text, digest'


class RestoredElsewhereError(Exception):
    """Transaction numbers went back: the database was restored into another server."""


@dataclass(frozen=True, slots=True)
class Head:
    """The publishable end of the chain."""

    seal: int
    hash: str
    rows: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was sealed.

    ``kind``: "tampered", "missing", "added" (a row), "chain" (a seal does not follow the one
    before), "seal" (a seal itself was changed), "head" (the published head is not in the chain).
    """

    kind: str
    seal: int | None = None
    row: int | None = None
    what: str = ""

    def __str__(self) -> str:
        where = f"row {self.row}" if self.row is not None else f"seal {self.seal}"
        within = f" in seal {self.seal}" if self.row is not None and self.seal is not None else ""
        return f"{self.kind}: {where}{within}{': ' + self.what if self.what else ''}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found."""

    seals: int
    rows: int
    unsealed: int
    faults: tuple[Fault, ...]
    head: Head | None


def row_digest(row: tuple[Any, ...]) -> bytes:
    """Return the digest of an audit row as ``_COLUMNS`` lists it: every column, lengths first."""
    number, at, xact, table, op, key, community, actor, reason, content, digest = row
    parts = (
        str(number),
        str(_microseconds(at)),
        str(xact),
        table,
        op,
        key,
        community,
        actor,
        reason,
        content,
        bytes(digest).hex(),
    )
    hashed = hashlib.sha256()
    for part in parts:
        if part is None:
            hashed.update(b"\xff\xff\xff\xff")
        else:
            raw = part.encode()
            hashed.update(struct.pack(">I", len(raw)))
            hashed.update(raw)
    return hashed.digest()


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def seal_hash(before: bytes, xact_until: int, at: datetime, rows: bytes) -> bytes:
    """Return the hash of a seal."""
    return hashlib.sha256(
        before + struct.pack(">QQ", xact_until, _microseconds(at)) + rows
    ).digest()


# -- sealing -------------------------------------------------------------------------------------


def seal() -> int:
    """Seal every final row that is not sealed yet; return how many.

    Seals nothing (0) while another sealer runs. Raises ``RestoredElsewhereError`` when transaction
    numbers are lower than those sealed already: then run ``restored`` once, with nobody writing.
    """
    with transaction.atomic():
        if not _alone():
            return 0
        last = AuditSeal.objects.order_by("-pk").first()
        bound = last.xact_until if last else 0
        horizon = _horizon()
        if horizon < bound:
            raise RestoredElsewhereError(
                f"transaction numbers restart at {horizon}, sealed up to {bound}"
            )
        return _chain(
            last,
            horizon,
            _rows("xact >= %s AND xact < %s", [bound, horizon]),
        )


def restored() -> int:
    """Seal all unsealed rows and count from this server's transaction numbers on.

    For a database that was restored into another server. Nobody may be writing meanwhile.
    """
    with transaction.atomic():
        if not _alone():
            return 0
        last = AuditSeal.objects.order_by("-pk").first()
        known = _sealed_ids()
        fresh = (row for row in _rows("true", []) if row[0] not in known)
        return _chain(last, _horizon(), fresh)


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _horizon() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def _rows(where: str, values: list[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM access_auditrow WHERE {where} ORDER BY id",  # noqa: S608  our own text
            values,
        )
        while rows := cursor.fetchmany(5000):
            yield from rows


def _chain(last: AuditSeal | None, horizon: int, rows: Iterable[tuple[Any, ...]]) -> int:
    before = bytes(last.hash) if last else START
    at = clock.now()
    total = 0
    batch = bytearray()

    def close() -> None:
        nonlocal before
        made = AuditSeal.objects.create(
            xact_until=horizon,
            rows=bytes(batch),
            before=before,
            hash=seal_hash(before, horizon, at, bytes(batch)),
            at=at,
        )
        before = bytes(made.hash)
        batch.clear()

    for row in rows:
        batch += struct.pack(">Q", row[0]) + row_digest(row)
        total += 1
        if len(batch) >= BATCH * ENTRY:
            close()
    if batch:
        close()
    return total


# -- verifying -----------------------------------------------------------------------------------


def head() -> Head | None:
    """Return the end of the chain; None when nothing is sealed yet."""
    last = AuditSeal.objects.order_by("-pk").first()
    if last is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(length(rows)), 0) / %s FROM access_auditseal", [ENTRY])
        rows = int(cursor.fetchone()[0])
    return Head(seal=last.pk, hash=bytes(last.hash).hex(), rows=rows, at=last.at)


def verify(published: str = "") -> Report:
    """Compare every sealed row with its seal and every seal with the one before.

    ``published`` is a head written down earlier (hexadecimal): it must be in the chain. Reads
    only; raises nothing on what it finds.
    """
    faults: list[Fault] = []
    before, count, seals, bound = START, 0, 0, 0
    hashes: set[str] = set()
    for one in AuditSeal.objects.order_by("pk").iterator(chunk_size=1):
        seals += 1
        rows = bytes(one.rows)
        if bytes(one.before) != before:
            faults.append(Fault("chain", seal=one.pk, what="does not follow the seal before"))
        if seal_hash(bytes(one.before), one.xact_until, one.at, rows) != bytes(one.hash):
            faults.append(Fault("seal", seal=one.pk, what="its hash does not fit its content"))
        before, bound = bytes(one.hash), one.xact_until
        hashes.add(before.hex())
        count += len(rows) // ENTRY
        faults += _compare(one.pk, rows)
    unsealed = _count("xact >= %s", [bound])
    missing = sum(1 for fault in faults if fault.kind == "missing")
    if _count("true", []) != count - missing + unsealed:
        faults += _added(bound)
    if published and published.lower() not in hashes:
        faults.append(Fault("head", what=f"{published} is not in the chain"))
    return Report(seals, count, unsealed, tuple(faults), head())


def _entries(rows: bytes) -> dict[int, bytes]:
    return {
        struct.unpack_from(">Q", rows, start)[0]: rows[start + 8 : start + ENTRY]
        for start in range(0, len(rows) - ENTRY + 1, ENTRY)
    }


def _compare(seal_id: int, rows: bytes) -> list[Fault]:
    sealed = _entries(rows)
    faults = []
    seen = set()
    for row in _rows("id = ANY(%s)", [list(sealed)]):
        seen.add(row[0])
        if row_digest(row) != sealed[row[0]]:
            faults.append(Fault("tampered", seal=seal_id, row=row[0], what=_what(row)))
    faults += [
        Fault("missing", seal=seal_id, row=number) for number in sealed if number not in seen
    ]
    return sorted(faults, key=lambda fault: fault.row or 0)


def _what(row: tuple[Any, ...]) -> str:
    _id, at, _xact, table, op, key, _community, actor, *_rest = row
    return f"{op} of {table} {key} by {actor} at {at:%Y-%m-%d %H:%M:%S}"


def _added(bound: int) -> list[Fault]:
    known = _sealed_ids()
    return [
        Fault("added", row=row[0], what=_what(row))
        for row in _rows("xact < %s", [bound])
        if row[0] not in known
    ]


def _sealed_ids() -> set[int]:
    found: set[int] = set()
    for rows in AuditSeal.objects.values_list("rows", flat=True).iterator(chunk_size=1):
        found.update(_entries(bytes(rows)))
    return found


def _count(where: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM access_auditrow WHERE {where}", values)  # noqa: S608  our own text
        return int(cursor.fetchone()[0])
