"""Carrying the outbox out: at least once outside, exactly once in the inbox."""

import json
import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from liren.base import clock
from liren.base.crypto import decrypt

from . import channels, outside
from .enums import DeliveryState
from .models import Delivery

log = logging.getLogger(__name__)
BATCH = 50
# After the last of these the delivery has failed; the inbox has the message all the same.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)


def due_ids(limit: int = BATCH) -> list[str]:
    """Return the deliveries whose time has come, oldest first."""
    rows = Delivery.objects.filter(state=DeliveryState.WAITING, not_before__lte=clock.now())
    return [str(pk) for pk in rows.order_by("not_before").values_list("pk", flat=True)[:limit]]


def send_one(delivery: str) -> bool:
    """Send one delivery if it is still waiting; tell whether it went out.

    The row is locked while the channel is called, so two workers never send the same one; a crash
    in between leaves it waiting and it goes out again with the same idempotency key.
    """
    with transaction.atomic():
        row = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("notice", "address")
            .filter(pk=delivery, state=DeliveryState.WAITING, not_before__lte=clock.now())
            .first()
        )
        if row is None:
            return False
        to, path = row.target or "", row.link or ""
        if row.address is not None and row.notice is not None:
            to = (row.address.target or "") if row.address.enabled else ""
            path = outside.link_of(row.notice)
        link = f"{settings.LIREN_BASE_URL}{path}" if path else ""
        title = row.notice.title if row.notice else row.words or ""
        said = row.notice.body if row.notice else ""
        body = "\n".join(part for part in (said, link) if part)
        letter = channels.Letter(row.channel, to, title, body, row.key)
        row.attempts += 1
        try:
            if not to:
                raise channels.NotSetUp
            channels.send(letter)
        except channels.NotSetUp:
            row.state, row.error = DeliveryState.DROPPED, "channel not set up"
        except channels.NotSent as error:
            row.error = str(error)[:200]
            if row.attempts > len(WAITS):
                row.state = DeliveryState.FAILED
            else:
                row.not_before = clock.now() + WAITS[row.attempts - 1]
        else:
            row.state, row.sent_at, row.error = DeliveryState.SENT, clock.now(), ""
        if row.state != DeliveryState.WAITING:
            # Where it went is no longer needed; the inbox row stays.
            row.target = row.link = row.words = row.address = None
        row.save()
        return row.state == DeliveryState.SENT


@app.task(name="notifications.deliver")
def deliver(ids: list[str]) -> None:
    """Send the deliveries of one action."""
    for one in ids:
        send_one(one)


@app.periodic(cron="* * * * *")
@app.task(name="notifications.sweep", queueing_lock="notifications.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Send whatever waits: quiet hours that ended, second tries, what a lost job left behind."""
    sent = 0
    while ids := due_ids():
        sent += sum(send_one(one) for one in ids)
        if len(ids) < BATCH:
            break
    if sent:
        log.info("sent %d waiting deliveries", sent)


@app.task(name="notifications.send_sealed", retry=2)
def send_sealed(sealed: str) -> None:
    """Send a one-time code (``privacy.send``). Tried three times within a minute, then given up."""
    letter = channels.Letter(*json.loads(decrypt(bytes.fromhex(sealed), "notifications.code")))
    try:
        channels.send(letter)
    except channels.NotSetUp:
        log.warning("a code was to go out by %s, which is not set up", letter.channel)
