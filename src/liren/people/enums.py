"""Closed vocabularies about persons."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Tenure(TextChoices):
    """How a person belongs to a household."""

    OWNER = "owner", _("owner")
    TENANT = "tenant", _("tenant")
    FAMILY = "family", _("family member")


class MandateScope(TextChoices):
    """What a mandate covers."""

    MATTERS = "matters", _("report and follow matters")
    SERVICES = "services", _("book and receive services")
    PRIVACY = "privacy", _("see and correct personal data")


class RequestKind(TextChoices):
    """What a person may ask about their data."""

    CORRECT = "correct", _("correct my data")
    ERASE = "erase", _("delete my data")
    OBJECT = "object", _("stop using my data")


class ClaimState(TextChoices):
    """Where a claim to belong to a household stands."""

    OPEN = "open", _("waiting to be confirmed")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("not confirmed")


class CodeKind(TextChoices):
    """What a one-time code does."""

    ACCOUNT = "account", _("open an account")
    HOUSEHOLD = "household", _("belong to a household")
    MANDATE = "mandate", _("accept a mandate")


class RequestState(TextChoices):
    """Where a request stands."""

    OPEN = "open", _("open")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused, with the reason")
    DROPPED = "dropped", pgettext_lazy("request", "taken back")


class RegisterState(TextChoices):
    """What became of a household sheet that was sent."""

    WAITING = "waiting", pgettext_lazy("sheet", "looked through, not taken in yet")
    DONE = "done", pgettext_lazy("sheet", "taken in")
    DROPPED = "dropped", pgettext_lazy("sheet", "put aside")
