"""Closed vocabularies of recruitment."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class OpeningState(TextChoices):
    """Where a public call for a leader stands."""

    OPEN = "open", pgettext_lazy("call for a leader", "open")
    FILLED = "filled", pgettext_lazy("call for a leader", "somebody was appointed")
    CLOSED = "closed", pgettext_lazy("call for a leader", "closed without appointment")
