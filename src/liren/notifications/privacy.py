"""Ways out for people's pages, and what a withdrawn consent stops."""

import json
import secrets
from uuid import UUID

from django.db import transaction

from liren.access.actor import Actor
from liren.base import clock
from liren.base.crypto import encrypt
from liren.people import consents, hooks, rights

from . import channels
from .actions import Message, notify
from .enums import DeliveryState
from .models import Address, Delivery, Notice

SEALED = "notifications.code"


def tell(message: hooks.Tell) -> None:
    """Put a message into somebody's inbox, and on its way outside as they like it."""
    notify(
        [
            Message(
                person=message.person,
                kind=message.kind,
                title=str(message.title),
                body=str(message.body),
                link=message.link,
                key=message.key[:120],
                community=message.community,
            )
        ]
    )


def send(channel: str, target: str, title: str, body: str) -> None:
    """Send a one-time code after the commit: by a job, so that a slow gateway keeps nobody waiting.

    The job's row holds the text sealed, and no inbox ever shows it.
    """
    from .tasks import send_sealed

    letter = json.dumps([channel, target, title, body, secrets.token_hex(8)])
    sealed = encrypt(letter, SEALED).hex()
    transaction.on_commit(lambda: send_sealed.defer(sealed=sealed))


def stop(person: UUID, purpose: str, by: Actor) -> None:
    """Stop sending outside once the consent to it is withdrawn; the inbox stays."""
    if purpose != consents.CONTACT:
        return
    Address.objects.filter(person=person, enabled=True).update(
        enabled=False, changed_by=by.name, changed_why="consent withdrawn", changed_at=clock.now()
    )
    Delivery.objects.filter(notice__person=person, state=DeliveryState.WAITING).update(
        state=DeliveryState.DROPPED, target=None, error="consent withdrawn"
    )


def forget_words(links: list[str], title: str) -> int:
    """Take the words of an erased thing out of everybody's messages about it."""
    return Notice.objects.filter(link__in=links).update(title=title[:120], body="")


def register() -> None:
    """Take part; called as the app starts."""
    hooks.connect(tell=tell, send=send, reaches=channels.set_up)
    rights.register(rights.Part("notifications", stop=stop))
