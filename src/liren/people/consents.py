"""What people are asked to agree to: each purpose with the wording they saw (PIPL 14, 17).

The wording has a version; a consent names it, so that it can be shown later what was agreed to.
Withdrawing is as easy as giving (PIPL 15): ``rights.Part.stop`` of each app ends what rests on it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Purpose:
    """One thing a person may agree to, in the wording in force."""

    key: str
    version: str
    title: "StrOrPromise"
    wording: "StrOrPromise"
    # What ends when it is taken back.
    ends: "StrOrPromise"


_purposes: dict[str, Purpose] = {}


def register(purpose: Purpose) -> None:
    """Add a purpose; later apps add their own when they start."""
    _purposes[purpose.key] = purpose


def get(key: str) -> Purpose | None:
    """Return a purpose; None for one that is no longer asked for."""
    return _purposes.get(key)


ACCOUNT = "account"
CONTACT = "contact"

register(
    Purpose(
        key=ACCOUNT,
        version="2026-11",
        title=_("an account of my own"),
        wording=_(
            "The community committee keeps my phone number, encrypted, and the name I give, to let "
            "me sign in and to answer what I report. Nothing of it is passed on, scored or used "
            "for advertising. I can see, export, correct and delete it at any time on my own page."
        ),
        ends=_("The account is closed and deleted."),
    )
)
register(
    Purpose(
        key=CONTACT,
        version="2026-11",
        title=_("messages outside the platform"),
        wording=_(
            "The platform may send me messages about my own matters to the phone number or address "
            "I give. Without it I find them in my inbox."
        ),
        ends=_("No more messages are sent outside; the inbox stays."),
    )
)
