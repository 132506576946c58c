"""Organisations, posts, terms, absences and the lines of leaders."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OrganisationConfig(AppConfig):
    """Organisations, posts, terms, absences and the lines of leaders."""

    name = "liren.organisation"
    label = "organisation"

    def ready(self) -> None:
        """Load what every installation starts with after the tables exist."""
        from . import privacy, shipped

        privacy.register()
        post_migrate.connect(shipped.load, sender=self, dispatch_uid="liren-organisation-shipped")
