"""Closed vocabularies of mobile posts."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Trade(TextChoices):
    """What somebody does on their way through the community."""

    COURIER = "courier", _("courier")
    RIDER = "rider", _("meal delivery rider")
    DRIVER = "driver", _("driver")
    CLEANER = "cleaner", _("cleaner")
    SHOPKEEPER = "shopkeeper", _("shopkeeper")
    GUARD = "guard", _("guard")
    OTHER = "other", _("another trade")
