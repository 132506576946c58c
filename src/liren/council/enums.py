"""Closed vocabularies of the joint council."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Listed(TextChoices):
    """Which of the three lists 三张清单 a line stands on."""

    NEED = "need", pgettext_lazy("list", "Need")
    RESOURCE = "resource", pgettext_lazy("list", "Resource")
    PROJECT = "project", pgettext_lazy("list", "Project")


class State(TextChoices):
    """How far a promise is."""

    PROMISED = "promised", pgettext_lazy("promise", "promised")
    UNDER_WAY = "under_way", pgettext_lazy("promise", "under way")
    DELIVERED = "delivered", pgettext_lazy("promise", "delivered, says the giver")
    CONFIRMED = "confirmed", pgettext_lazy("promise", "confirmed by the receiver")
    WITHDRAWN = "withdrawn", pgettext_lazy("promise", "withdrawn")


class Verb(TextChoices):
    """What happened to a promise."""

    PROMISE = "promise", pgettext_lazy("promise", "promised it")
    START = "start", pgettext_lazy("promise", "began with it")
    DELIVER = "deliver", pgettext_lazy("promise", "says it is delivered")
    CONFIRM = "confirm", pgettext_lazy("promise", "confirms it was received")
    REOPEN = "reopen", pgettext_lazy("promise", "says it is not complete")
    WITHDRAW = "withdraw", pgettext_lazy("promise", "withdrew it")
    HAND_OVER = "hand_over", pgettext_lazy("promise", "handed it over")


class ClaimState(TextChoices):
    """How far an institution's wish to take on a matter is."""

    CLAIMED = "claimed", _("waits for the office")
    CONFIRMED = "confirmed", _("confirmed by the office")
    DECLINED = "declined", _("declined by the office")
    WITHDRAWN = "withdrawn", pgettext_lazy("claim", "withdrawn")
