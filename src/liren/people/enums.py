"""Closed vocabularies about persons."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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


class RequestState(TextChoices):
    """Where a request stands."""

    OPEN = "open", _("open")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused, with the reason")
