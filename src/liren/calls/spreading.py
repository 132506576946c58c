"""Bringing a call to everybody it asks: found by one statement, told batch by batch.

Each batch is one transaction that writes inbox and outbox rows and says how far it got. A worker
that is killed loses at most the batch it was in, which nobody has seen; the next one goes on after
the last person who was told. Exactly once in the inbox, by the key of the message.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from liren.access.actor import code_range
from liren.base import clock
from liren.notifications.bulk import Words, notify_many

from . import audiences
from .enums import State
from .models import Call, Ring

BATCH = 5000
# So many are told in the request itself; more by a job.
AT_ONCE = 300
# A ring that has not moved for so long lost its worker.
STALE = timedelta(seconds=20)
MADE, OFF = "call.made", "call.off"
# Finer than a building nobody needs to know by which door somebody was asked.
BUILDING = 18

# Somebody found twice is asked once, by the place nearest to them.
_FIND = """
INSERT INTO calls_asked (community, place_code, call_id, person_id, ring)
SELECT rpad(left(place_code, 12), 12, '0'), left(place_code, {building}), %(call)s, person_id,
       %(ring)s
  FROM (SELECT DISTINCT ON (person_id) person_id, place_code FROM ({rows}) found
         WHERE person_id <> ALL(%(callers)s::uuid[])
         ORDER BY person_id, length(place_code) DESC, place_code) once
ON CONFLICT (call_id, person_id) DO NOTHING
"""
_COUNT = """
SELECT count(DISTINCT person_id) FROM ({rows}) found WHERE person_id <> ALL(%(callers)s::uuid[])
"""
_BATCH = """
SELECT a.person_id, a.community, %(link)s AS link FROM calls_asked a
 WHERE a.call_id = %(call)s AND a.ring = %(ring)s
   AND (%(cursor)s::uuid IS NULL OR a.person_id > %(cursor)s)
   AND (%(last)s::uuid IS NULL OR a.person_id <= %(last)s)
"""
# That it is off hears whoever heard that it was on.
_BATCH_OFF = """
SELECT a.person_id, a.community, %(link)s AS link FROM calls_asked a
 WHERE a.call_id = %(call)s
   AND (%(cursor)s::uuid IS NULL OR a.person_id > %(cursor)s)
   AND (%(last)s::uuid IS NULL OR a.person_id <= %(last)s)
   AND EXISTS (SELECT FROM notifications_notice n
                WHERE n.key = %(made)s || ':' || a.person_id)
"""
_LAST = """
SELECT person_id FROM calls_asked
 WHERE call_id = %s AND (%s OR ring = %s) AND (%s::uuid IS NULL OR person_id > %s)
 ORDER BY person_id OFFSET %s LIMIT 1
"""


def _found(keys: Iterable[str], code: str, callers: Iterable[UUID]) -> tuple[str, dict[str, Any]]:
    rows, arguments = audiences.finding(keys)
    low, high = code_range(code)
    return rows, {
        **arguments,
        "low": low,
        "high": high,
        "today": clock.today(),
        "callers": list(callers),
    }


def count(keys: Iterable[str], code: str, callers: Iterable[UUID]) -> int:
    """Return how many persons a call would reach. One statement; raises ``KeyError``."""
    rows, params = _found(keys, code, callers)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(rows=rows), params)
        return int(cursor.fetchone()[0])


def resolve(call: Call, ring: Ring, callers: Iterable[UUID]) -> int:
    """Write down whom a ring reaches anew; return how many. One statement, however many."""
    rows, params = _found(call.audiences, call.place_code[: ring.reach], callers)
    params |= {"call": call.pk, "ring": ring.number}
    with connection.cursor() as cursor:
        cursor.execute(_FIND.format(rows=rows, building=BUILDING), params)
        return int(cursor.rowcount)


def key_of(call: UUID, kind: str = MADE) -> str:
    """Return the beginning of the keys of all messages about a call."""
    return f"{kind}:{call}"


def words_of(call: Call, *, off: bool = False) -> Words:
    """Return what everybody is told."""
    with override(settings.LANGUAGE_CODE):
        if off:
            return Words(
                kind=OFF,
                title=_("Called off: %(title)s") % {"title": call.title},
                body=_("Nobody needs to come. Thank you."),
                key=key_of(call.pk, OFF),
                urgent=call.urgent,
            )
        return Words(
            kind=MADE, title=call.title, body=call.text, key=key_of(call.pk), urgent=call.urgent
        )


def step(ring: UUID, *, size: int = BATCH) -> bool:
    """Tell the next batch of a ring; return whether there is more to do.

    One transaction. False as well when another worker is at it, when it is done, and when the
    call has ended meanwhile: nobody is called to what is over.
    """
    with transaction.atomic():
        row = (
            Ring.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
            .select_related("call")
            .filter(pk=ring, done=False)
            .first()
        )
        if row is None:
            return False
        call = row.call
        if not row.off and call.state != State.RUNNING:
            _save(row, done=True)
            return False
        with connection.cursor() as cursor:
            asked: list[Any] = [call.pk, row.off, row.number, row.cursor, row.cursor, size - 1]
            cursor.execute(_LAST, asked)
            found = cursor.fetchone()
        last = found[0] if found else None
        row.told += notify_many(
            words=words_of(call, off=row.off),
            who=_BATCH_OFF if row.off else _BATCH,
            params={
                "call": call.pk,
                "ring": row.number,
                "cursor": row.cursor,
                "last": last,
                "made": key_of(call.pk),
                "link": f"/calls/{call.pk}/",
            },
        )
        row.cursor = last
        _save(row, done=last is None)
        if row.off and last is None:
            forget(call.pk)
        return last is not None


def _save(ring: Ring, *, done: bool) -> None:
    ring.done, ring.moved_at = done, clock.now()
    ring.save(update_fields=["done", "moved_at", "told", "cursor"])


def finish(ring: UUID, *, size: int = BATCH) -> None:
    """Tell everybody of a ring who is not told yet, batch by batch."""
    while step(ring, size=size):
        pass


def begin(ring: Ring) -> None:
    """Start spreading: few at once, in the caller's transaction; many by a job after it."""
    if ring.reached <= AT_ONCE:
        finish(ring.pk)
        return
    from .tasks import spread

    spread.defer(ring=str(ring.pk))


def forget(call: UUID) -> None:
    """Let go of whom a call asked (G8)."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM calls_asked WHERE call_id = %s", [call])
