"""Closed vocabularies of demands and supervision orders."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class What(TextChoices):
    """What is asked of the community."""

    FORM = "form", pgettext_lazy("demand", "a form or a report")
    TASK = "task", pgettext_lazy("demand", "a task")
    PLAQUE = "plaque", pgettext_lazy("demand", "a plaque or a room")
    ACCOUNT = "account", pgettext_lazy("demand", "an online account")
    APP = "app", pgettext_lazy("demand", "an app to install or use")
    PROOF = "proof", pgettext_lazy("demand", "a certificate or proof")
    OTHER = "other", pgettext_lazy("demand", "something else")


class Often(TextChoices):
    """How often it is asked."""

    ONCE = "once", pgettext_lazy("how often", "once")
    DAILY = "daily", pgettext_lazy("how often", "daily")
    WEEKLY = "weekly", pgettext_lazy("how often", "weekly")
    MONTHLY = "monthly", pgettext_lazy("how often", "monthly")
    QUARTERLY = "quarterly", pgettext_lazy("how often", "quarterly")
    YEARLY = "yearly", pgettext_lazy("how often", "yearly")
    NEEDED = "needed", pgettext_lazy("how often", "whenever needed")


class DemandState(TextChoices):
    """Where a demand stands."""

    WAITING = "waiting", pgettext_lazy("demand", "to be decided")
    ASKED = "asked", pgettext_lazy("demand", "asked back")
    ACCEPTED = "accepted", pgettext_lazy("demand", "accepted")
    DECLINED = "declined", pgettext_lazy("demand", "declined")
    ENDED = "ended", pgettext_lazy("demand", "ended")


class Came(TextChoices):
    """What was promised with a demand, and may arrive."""

    MONEY = "money", pgettext_lazy("promised", "money")
    PEOPLE = "people", pgettext_lazy("promised", "people")
    POWERS = "powers", pgettext_lazy("promised", "powers")


class OrderState(TextChoices):
    """Where a supervision order stands."""

    OPEN = "open", pgettext_lazy("order", "to be answered")
    ANSWERED = "answered", pgettext_lazy("order", "answered")
    CLOSED = "closed", pgettext_lazy("order", "closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("order", "withdrawn")
