"""Meetings of a body: notice, who was there, minutes, decisions."""

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    """Meetings of a body: notice, who was there, minutes, decisions."""

    name = "liren.meetings"
    label = "meetings"

    def ready(self) -> None:
        """Follow places that move."""
        from liren.territory import followers

        from .enums import State

        followers.register(
            "meetings.Meeting", in_use=Q(state=State.CALLED), label=_("meetings to come")
        )
