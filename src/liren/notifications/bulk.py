"""One message to thousands: inbox and outbox rows by one statement, however many receivers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from liren.base import clock

from .tasks import deliver

# So many deliveries are carried out by one job: small enough to share among workers.
JOB = 100


@dataclass(frozen=True, slots=True)
class Words:
    """What all of them are told. ``key`` and the person make the message's own key."""

    kind: str
    title: str
    key: str
    body: str = ""
    urgent: bool = False


# As ``actions.quiet_until`` says it; a property test compares the two.
QUIET_UNTIL = """
CASE WHEN a.quiet_from IS NULL OR a.quiet_to IS NULL OR a.quiet_from = a.quiet_to
          OR NOT CASE WHEN a.quiet_from < a.quiet_to
                      THEN l.t >= a.quiet_from AND l.t < a.quiet_to
                      ELSE l.t >= a.quiet_from OR l.t < a.quiet_to END
     THEN %(now)s::timestamptz
     ELSE (l.d + a.quiet_to + CASE WHEN a.quiet_to > l.t THEN interval '0'
                                   ELSE interval '1 day' END) AT TIME ZONE %(zone)s
END
"""

_WRITE = """
WITH who AS MATERIALIZED ({who}),
l AS (SELECT (%(now)s::timestamptz AT TIME ZONE %(zone)s)::date AS d,
             (%(now)s::timestamptz AT TIME ZONE %(zone)s)::time AS t),
stored AS (
  INSERT INTO notifications_notice (id, community, person_id, kind, title, body, link, key, at)
  SELECT gen_random_uuid(), w.community, w.person_id, %(kind)s, %(title)s, %(body)s, w.link,
         %(key)s || ':' || w.person_id, %(now)s
    FROM who w
  ON CONFLICT (key) DO NOTHING
  RETURNING id, community, person_id, key
),
out AS (
  INSERT INTO notifications_delivery
    (id, community, notice_id, address_id, channel, state, attempts, not_before, error, key)
  SELECT gen_random_uuid(), s.community, s.id, a.id, a.channel, 'waiting', 0,
         CASE WHEN %(urgent)s THEN %(now)s::timestamptz ELSE {quiet} END, '',
         s.key || ':' || a.channel
    FROM stored s JOIN notifications_address a ON a.person_id = s.person_id AND a.enabled, l
  ON CONFLICT (key) DO NOTHING
  RETURNING id, not_before
)
SELECT (SELECT count(*) FROM stored), ARRAY(SELECT id FROM out WHERE not_before <= %(now)s)
"""


def notify_many(*, words: Words, who: str, params: Mapping[str, Any]) -> int:
    """Tell everybody a statement finds; return how many inboxes have a new message.

    ``who`` is SQL written in the code that yields person_id, community and link, with ``params``
    by name. Promises: one statement, in one transaction with the caller; nobody gets the same
    message twice, whatever is tried again; each way out that a person has switched on gets one
    outbox row whose key is the idempotency key outside; quiet hours are kept unless ``urgent``.
    """
    now: datetime = clock.now()
    named = {
        **params,
        "kind": words.kind,
        "title": words.title[:120],
        "body": words.body[:500],
        "key": words.key,
        "urgent": words.urgent,
        "now": now,
        "zone": str(clock.SHANGHAI),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE.format(who=who, quiet=QUIET_UNTIL), named)
        stored, due = cursor.fetchone()
    ids: list[UUID] = list(due)
    for start in range(0, len(ids), JOB):
        # In the same transaction: a rolled-back batch leaves no job behind.
        deliver.defer(ids=[str(one) for one in ids[start : start + JOB]])
    return int(stored)
