"""Closed vocabularies of the place tree."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Level(TextChoices):
    """Levels of the place tree, from the province down to the household."""

    PROVINCE = "province", _("province")
    CITY = "city", _("city")
    COUNTY = "county", _("county or district")
    SUBDISTRICT = "subdistrict", _("subdistrict")
    COMMUNITY = "community", _("community")
    GRID = "grid", _("grid")
    BUILDING = "building", _("building")
    UNIT = "unit", _("unit entrance")
    HOUSEHOLD = "household", _("household")


class SetKind(TextChoices):
    """What an overlay over the tree stands for."""

    COMPOUND = "compound", _("compound")
    MICRO_AREA = "micro_area", _("micro-area")


class ChangeKind(TextChoices):
    """What happened to a place."""

    RENAMED = "renamed", _("renamed")
    MOVED = "moved", _("moved")
    MERGED = "merged", _("merged")
    SPLIT = "split", _("split")
    CLOSED = "closed", pgettext_lazy("place", "closed")
    REOPENED = "reopened", pgettext_lazy("place", "reopened")
