"""Closed vocabularies of calls."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(TextChoices):
    """How far a call is."""

    RUNNING = "running", pgettext_lazy("call", "running")
    CLOSED = "closed", pgettext_lazy("call", "closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("call", "called off")


class Said(TextChoices):
    """What somebody answered. Not answering is no answer, and nothing is kept of it (G8)."""

    COMING = "coming", _("I am coming")
    CANNOT = "cannot", _("I cannot")
    ALREADY = "already", _("Done already")
