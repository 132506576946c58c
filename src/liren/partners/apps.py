"""Community partners and seconded staff."""

from django.apps import AppConfig
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    """Community partners and seconded staff."""

    name = "liren.partners"
    label = "partners"

    def ready(self) -> None:
        """Tell of promises, follow places, take part in people's rights, load the scheme."""
        from liren.base import commitments
        from liren.territory import followers

        from . import privacy, queries, shipped

        privacy.register()
        commitments.register("partners", queries.promises)
        followers.register(
            "partners.OpenCall",
            in_use=Q(state__in=["draft", "open"]),
            label=_("calls for partners"),
        )
        followers.register(
            "partners.Project",
            in_use=Q(state__in=["running", "delivered"]),
            label=_("partners' projects"),
        )
        followers.register("partners.Task")
        post_migrate.connect(shipped.load, sender=self, dispatch_uid="liren-partners-shipped")
