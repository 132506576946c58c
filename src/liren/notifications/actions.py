"""Writing messages: the inbox row and the outbox rows, in the transaction that causes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.access import rls
from liren.access.actor import Actor
from liren.base import clock
from liren.base.errors import Invalid
from liren.base.rows import fetch, insert_new
from liren.people import actions as people
from liren.people import consents
from liren.people.actions.core import lock, own
from liren.people.models import Account, Consent

from . import channels
from .enums import Channel
from .models import Address, Delivery, Notice
from .queries import offered
from .tasks import deliver


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody is told. ``key`` makes it unique: the same key is written once.

    ``link`` is a path on this site; ``outside_link`` is the one sent through channels instead (a
    one-tap link, which nobody but the receiver should have); ``urgent`` ignores quiet hours.
    """

    person: UUID
    kind: str
    title: str
    key: str
    community: str
    body: str = ""
    link: str = ""
    outside_link: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text message to a number somebody left without having an account.

    Nobody has shown that the number is theirs: ``words`` must not hold anything a stranger typed.
    """

    phone: str
    words: str
    key: str
    community: str
    link: str = ""


NIGHT = (time(22), time(7))


def quiet_until(at: datetime, start: time | None, end: time | None) -> datetime:
    """Return ``at``, or the end of the quiet hours it falls into (they may cross midnight)."""
    if start is None or end is None or start == end:
        return at
    local = timezone.localtime(at)
    clock_time = local.time()
    inside = start <= clock_time < end if start < end else clock_time >= start or clock_time < end
    if not inside:
        return at
    wake = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return wake if wake > local else wake + timedelta(days=1)


def notify(messages: Iterable[Message]) -> int:
    """Put messages into inboxes and on their way outside; return how many are new.

    Promises: in one transaction with the caller; the same ``key`` is never written twice; the
    receiver's channels and quiet hours are respected. Needs two statements, however many messages,
    plus two where something goes outside.
    """
    listed = {m.key: m for m in messages}
    if not listed:
        return 0
    now = clock.now()
    notices = [
        Notice(
            community=m.community,
            person_id=m.person,
            kind=m.kind,
            title=m.title[:120],
            body=m.body[:500],
            link=m.link,
            key=m.key,
            at=now,
        )
        for m in listed.values()
    ]
    addresses: dict[UUID, list[Address]] = {}
    receivers = list({m.person for m in listed.values()})
    for address in fetch(Address, "person_id = ANY(%s) AND enabled", [receivers]):
        addresses.setdefault(address.person_id, []).append(address)
    stored = insert_new(notices)
    deliveries = [
        Delivery(
            community=notice.community,
            notice=notice,
            channel=address.channel,
            target=address.target,
            link=listed[notice.key].outside_link or notice.link,
            key=f"{notice.key}:{address.channel}",
            not_before=now
            if listed[notice.key].urgent
            else quiet_until(now, address.quiet_from, address.quiet_to),
        )
        for notice in notices
        for address in addresses.get(notice.person_id, [])
    ]
    if deliveries:
        fresh = [d for d in deliveries if d.notice_id in stored]
        Delivery.objects.bulk_create(fresh, ignore_conflicts=True)
        now_ids = [str(d.pk) for d in fresh if d.not_before <= now]
        if now_ids:
            # In the same transaction: a rolled-back action leaves no job behind.
            deliver.defer(ids=now_ids)
    return len(notices)


def text(messages: Iterable[Text]) -> int:
    """Put text messages on their way, once for each key; return how many are new.

    Promises: in one transaction with the caller; none between ten at night and seven. Does
    nothing, and keeps no number, where the operator has set up no text messages (G11).
    """
    if not (listed := {m.key: m for m in messages}) or not channels.set_up(Channel.SMS):
        return 0
    now = clock.now()
    wake = quiet_until(now, *NIGHT)
    rows = [
        Delivery(
            community=m.community,
            channel=Channel.SMS,
            target=m.phone,
            words=m.words,
            link=m.link,
            key=f"{m.key}:{Channel.SMS}",
            not_before=wake,
        )
        for m in listed.values()
    ]
    known = set(
        Delivery.objects.filter(key__in=[r.key for r in rows]).values_list("key", flat=True)
    )
    fresh = [row for row in rows if row.key not in known]
    Delivery.objects.bulk_create(fresh, ignore_conflicts=True)
    if fresh and wake <= now:
        deliver.defer(ids=[str(row.pk) for row in fresh])
    return len(fresh)


def mark_read(person: UUID, notice: UUID | None = None) -> int:
    """Mark one or all of a person's messages as read; return how many were unread."""
    rows = Notice.objects.filter(person=person, read_at__isnull=True)
    if notice is not None:
        rows = rows.filter(pk=notice)
    return rows.update(read_at=clock.now())


def choose_reach(
    *,
    by: Actor,
    ways: Iterable[str],
    quiet_from: time | None = None,
    quiet_to: time | None = None,
    agreed: bool = False,
) -> int:
    """Choose where one is reached outside the platform; return how many ways are on.

    Promises: only what the community has set up and the person has proved can be chosen; the
    consent is written down with it, and taken back when nothing is chosen any more. Refuses a way
    that is not offered, half of the quiet hours, no consent (``Invalid``).
    """
    chosen = set(ways)
    if (quiet_from is None) != (quiet_to is None):
        raise Invalid(fields={"quiet_to": _("Please give both times, or none.")})
    with transaction.atomic(), rls.everywhere():
        person = lock(own(by))
        account = Account.objects.get(person=person)
        known = offered(account)
        if not chosen <= set(known):
            raise Invalid(fields={"ways": _("This way is not set up here.")})
        given = Consent.objects.filter(
            person=person, purpose=consents.CONTACT, withdrawn_at__isnull=True
        )
        if chosen and not given.exists():
            if not agreed:
                raise Invalid(fields={"agree": _("Please read what is sent, and agree to it.")})
            people.give_consent(by=by, purpose=consents.CONTACT)
        if not chosen:
            for consent in given:
                people.withdraw_consent(by=by, consent=consent.pk)
        for way, target in known.items():
            track = {"changed_by": by.name, "changed_why": "chosen", "changed_at": clock.now()}
            Address.objects.update_or_create(
                person=person,
                channel=Channel(way),
                defaults={
                    "target": target,
                    "enabled": way in chosen,
                    "quiet_from": quiet_from,
                    "quiet_to": quiet_to,
                    **track,
                },
                create_defaults={
                    "community": person.community,
                    "target": target,
                    "enabled": way in chosen,
                    "quiet_from": quiet_from,
                    "quiet_to": quiet_to,
                    **track,
                },
            )
    return len(chosen)
