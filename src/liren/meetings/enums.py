"""Closed vocabularies of meetings."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MeetingKind(TextChoices):
    """What a meeting is for."""

    BRANCH = "branch", _("branch meeting")
    COMMITTEE = "committee", _("committee meeting")
    JOINT = "joint", _("meeting of several bodies")
    RESIDENTS = "residents", _("residents' representatives")
    OTHER = "other", pgettext_lazy("kind of meeting", "other meeting")


class State(TextChoices):
    """Where a meeting stands."""

    CALLED = "called", pgettext_lazy("meeting", "called")
    CALLED_OFF = "called_off", pgettext_lazy("meeting", "called off")
    MINUTED = "minuted", pgettext_lazy("meeting", "minutes confirmed")


class Presence(TextChoices):
    """What the recorder noted of a member. Whoever is not noted is simply not noted (G8)."""

    UNNOTED = "", _("not noted")
    PRESENT = "present", pgettext_lazy("at a meeting", "present")
    EXCUSED = "excused", pgettext_lazy("at a meeting", "excused")


class MinutesKind(TextChoices):
    """What a version of the minutes is."""

    DRAFT = "draft", pgettext_lazy("minutes", "draft")
    CONFIRMED = "confirmed", pgettext_lazy("minutes", "confirmed")
    AMENDED = "amended", pgettext_lazy("minutes", "amended after confirmation")
