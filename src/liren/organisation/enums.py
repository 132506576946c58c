"""Closed vocabularies of organisations and posts."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrganisationKind(TextChoices):
    """What an organisation is."""

    COMMITTEE = "committee", _("community committee")
    SUBDISTRICT = "subdistrict", _("subdistrict office")
    DEPARTMENT = "department", _("government department")
    PROPERTY = "property", _("property company")
    PARTNER = "partner", _("partner")
    BRANCH = "branch", _("Party branch")
    SOCIAL = "social", _("social organisation")


class PostKind(TextChoices):
    """Post types shipped with the platform; a community may add its own (PostType rows)."""

    UNIT_LEADER = "unit_leader", _("unit leader")
    BUILDING_LEADER = "building_leader", _("building leader")
    GRID_LEADER = "grid_leader", _("grid leader")
    WORKER = "worker", _("community worker")
    SECRETARY = "secretary", _("community secretary")
    OFFICER = "officer", _("subdistrict officer")
    DEPARTMENT = "department", _("department's handler")
    PARTNER = "partner", _("partner's liaison")
