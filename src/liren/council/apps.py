"""The joint council: three lists, promises, matters institutions take on."""

from django.apps import AppConfig
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CouncilConfig(AppConfig):
    """The joint council: three lists, promises, matters institutions take on."""

    name = "liren.council"
    label = "council"

    def ready(self) -> None:
        """Tell of the promises, offer the step from a matter, follow places."""
        from liren.base import commitments, next_steps
        from liren.territory import followers

        from . import queries, shipped, steps

        commitments.register("council", queries.commitments)
        next_steps.register("matters.matter", steps.offer)
        followers.register(
            "council.Item", in_use=Q(closed_on__isnull=True), label=_("lines of the three lists")
        )
        followers.register(
            "council.Pledge",
            in_use=Q(state__in=["promised", "under_way", "delivered"]),
            label=_("open promises"),
        )
        post_migrate.connect(shipped.load, sender=self, dispatch_uid="liren-council-shipped")
