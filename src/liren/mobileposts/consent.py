"""What somebody agrees to as they join, and what ends when they take it back."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from liren.access.actor import Actor
from liren.people import consents, rights

from .models import MobilePost

PURPOSE = "mobile_post"


def stop(person: UUID, purpose: str, by: Actor) -> None:
    """Forget the mobile posts of whoever takes the consent back."""
    if purpose == PURPOSE:
        rights.delete(MobilePost.objects.filter(person=person), by.name, "left")


def register() -> None:
    """Take part; called as the app starts."""
    consents.register(
        consents.Purpose(
            key=PURPOSE,
            version="2026-11",
            title=_("being a mobile post"),
            wording=_(
                "The community keeps my trade, so that scanning an entrance's code opens the "
                "two-tap page. It keeps no route and no position, counts nothing of mine, and I "
                "owe no reports. I can leave with one tap, and it is deleted."
            ),
            ends=_("You are no mobile post any more; what you reported stays with you as it is."),
        )
    )
    rights.register(rights.Part("mobileposts", stop=stop))
