"""Reading one's own messages and ways to be reached, wherever they were written."""

from uuid import UUID

from liren.access import rls
from liren.people.models import Account

from . import channels
from .enums import Channel
from .models import Address, Notice

PAGE = 30


def inbox(person: UUID, *, page: int = 1) -> tuple[list[Notice], bool]:
    """Return one page of a person's messages, newest first, and whether older ones follow."""
    start = (max(page, 1) - 1) * PAGE
    with rls.everywhere():
        rows = list(
            Notice.objects.filter(person=person).order_by("-at", "-pk")[start : start + PAGE + 1]
        )
    return rows[:PAGE], len(rows) > PAGE


def unread(person: UUID) -> int:
    """Return how many messages a person has not read."""
    with rls.everywhere():
        return Notice.objects.filter(person=person, read_at__isnull=True).count()


def addresses(person: UUID) -> list[Address]:
    """Return where a person is reached outside, switched on or off."""
    with rls.everywhere():
        return list(Address.objects.filter(person=person).order_by("channel"))


def offered(account: Account) -> dict[Channel, str]:
    """Return the ways out an account can choose: set up here, and proved to be theirs."""
    known = {
        Channel.SMS: account.phone if account.phone_verified else "",
        Channel.EMAIL: account.email,
    }
    return {way: target for way, target in known.items() if target and channels.set_up(way)}
