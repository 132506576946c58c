"""Closed vocabularies of partners and seconded staff."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Applicant(TextChoices):
    """Who may apply to a call."""

    UNIT = "unit", pgettext_lazy("partner", "a public body or enterprise")
    ORGANISATION = "organisation", pgettext_lazy("partner", "a social organisation")
    PERSON = "person", pgettext_lazy("partner", "a person")


class CallState(TextChoices):
    """How far an open call is; within its days a published one takes applications."""

    DRAFT = "draft", pgettext_lazy("partner call", "being written")
    OPEN = "open", pgettext_lazy("partner call", "published")
    CLOSED = "closed", pgettext_lazy("partner call", "closed")


class ApplicationState(TextChoices):
    """How far an application is."""

    WAITING = "waiting", pgettext_lazy("application", "being looked at")
    ACCEPTED = "accepted", pgettext_lazy("application", "accepted")
    DECLINED = "declined", pgettext_lazy("application", "declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("application", "withdrawn")


class AgreementState(TextChoices):
    """What was decided about an agreement; ``rules.standing`` adds what the days say."""

    DRAFT = "draft", pgettext_lazy("agreement", "draft")
    SIGNED = "signed", pgettext_lazy("agreement", "signed")
    ENDED = "ended", pgettext_lazy("agreement", "ended early")
    DROPPED = "dropped", pgettext_lazy("agreement", "dropped")


class ProjectState(TextChoices):
    """How far a project is."""

    RUNNING = "running", pgettext_lazy("project", "running")
    DELIVERED = "delivered", pgettext_lazy("project", "finished, to be confirmed")
    CONFIRMED = "confirmed", pgettext_lazy("project", "confirmed")
    WITHDRAWN = "withdrawn", pgettext_lazy("project", "given up")


class Gift(TextChoices):
    """What a partner gives."""

    HOURS = "hours", pgettext_lazy("contribution", "working hours")
    GOODS = "goods", pgettext_lazy("contribution", "goods")
    MONEY = "money", pgettext_lazy("contribution", "money")
    ROOM = "room", pgettext_lazy("contribution", "a room, by the hour")


class GiftState(TextChoices):
    """How far a contribution is."""

    PROMISED = "promised", pgettext_lazy("contribution", "promised")
    DELIVERED = "delivered", pgettext_lazy("contribution", "given, to be confirmed")
    CONFIRMED = "confirmed", pgettext_lazy("contribution", "received")
    WITHDRAWN = "withdrawn", pgettext_lazy("contribution", "taken back")


class Half(TextChoices):
    """Part of a day: nothing finer is asked or kept (G2)."""

    MORNING = "morning", _("morning")
    AFTERNOON = "afternoon", _("afternoon")
    EVENING = "evening", _("evening")


class LetterState(TextChoices):
    """How far a letter to a home organisation is."""

    ASKED = "asked", pgettext_lazy("letter", "asked for")
    ISSUED = "issued", pgettext_lazy("letter", "issued")
    DECLINED = "declined", pgettext_lazy("letter", "declined")
