"""Organisations, posts, terms, absences and the lines of leaders."""

from django.apps import AppConfig
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OrganisationConfig(AppConfig):
    """Organisations, posts, terms, absences and the lines of leaders."""

    name = "liren.organisation"
    label = "organisation"

    def ready(self) -> None:
        """Load what every installation starts with after the tables exist."""
        from liren.territory import followers

        from . import privacy, shipped, sources

        privacy.register()
        sources.register()
        followers.register("organisation.Organisation")
        open_rows = Q(closed_on__isnull=True)
        followers.register("organisation.Post", in_use=open_rows, label=_("posts"))
        followers.register("organisation.Workplace", in_use=open_rows, label=_("workplaces"))
        followers.register("organisation.Arrangement")
        post_migrate.connect(shipped.load, sender=self, dispatch_uid="liren-organisation-shipped")
