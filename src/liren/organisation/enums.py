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
    INSTITUTION = "institution", _("resident institution")


class ArrangementKind(TextChoices):
    """How a place goes without a holder of its own."""

    STAND_IN = "stand_in", _("somebody stands in")
    NOT_NEEDED = "not_needed", _("none is needed here")


class WorkplaceKind(TextChoices):
    """What a place of work is (两企三新: enterprises, social organisations, new employment)."""

    ENTERPRISE = "enterprise", _("enterprise")
    SHOP = "shop", _("shop")
    SOCIAL = "social", _("social organisation")
    COURIER = "courier", _("courier station")
    DELIVERY = "delivery", _("meal delivery site")
    TRANSPORT = "transport", _("ride and freight site")
    OTHER = "other", _("other workplace")


class Standing(TextChoices):
    """How one place stands on one step of a line, best first."""

    HELD = "held", _("held")
    STAND_IN = "stand_in", _("somebody stands in")
    NOT_NEEDED = "not_needed", _("none is needed here")
    AWAY = "away", _("away, nobody stands in")
    EXPIRED = "expired", _("the term is over")
    VACANT = "vacant", _("nobody holds the post")
    NO_POST = "no_post", _("there is no post")


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
    INSTITUTION = "institution", _("resident institution's liaison")
    PARTY_COMMITTEE = "party_committee", _("community Party committee")
    PARTY_BRANCH = "party_branch", _("branch secretary")
    PARTY_BUILDING = "party_building", _("Party group leader of a building")
    PARTY_UNIT = "party_unit", _("Party contact of a unit")
    # The form a community with many small buildings publishes: a branch a building.
    PARTY_BLOCK = "party_block", _("building branch secretary")
    PARTY_CELL = "party_cell", _("unit group leader")
    PARTY_HOUSEHOLD = "party_household", _("member household")
