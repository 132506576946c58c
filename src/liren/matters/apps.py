"""The matter engine: one flow, one timeline, one clock."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MattersConfig(AppConfig):
    """The matter engine: one flow, one timeline, one clock."""

    name = "liren.matters"
    label = "matters"

    def ready(self) -> None:
        """Load what every installation starts with; let one-tap links say who asks."""
        from liren.access.web import register_resolver

        from . import links, privacy, shipped

        privacy.register()
        register_resolver(links.resolve)

        post_migrate.connect(shipped.load, sender=self, dispatch_uid="liren-matters-shipped")
