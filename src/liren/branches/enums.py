"""Closed vocabularies of branches."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class TaskState(TextChoices):
    """Where a task stands."""

    OFFERED = "offered", pgettext_lazy("task", "nobody has taken it on")
    CLAIMED = "claimed", pgettext_lazy("task", "taken on")
    DONE = "done", pgettext_lazy("task", "said to be finished")
    CONFIRMED = "confirmed", pgettext_lazy("task", "confirmed")
    WITHDRAWN = "withdrawn", pgettext_lazy("task", "withdrawn")
