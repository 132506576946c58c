"""The matter engine: one flow, one timeline, one clock."""

from django.apps import AppConfig
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class MattersConfig(AppConfig):
    """The matter engine: one flow, one timeline, one clock."""

    name = "liren.matters"
    label = "matters"

    def ready(self) -> None:
        """Load what every installation starts with; let one-tap links say who asks."""
        from liren.access.web import register_resolver
        from liren.people import hooks
        from liren.territory import followers

        from . import links, mine, post_work, privacy, shipped, sources

        privacy.register()
        post_work.register()
        sources.register()
        hooks.connect_deeds(mine.deeds)
        followers.register("matters.Matter", in_use=~Q(status="closed"), label=_("open matters"))
        for hanging in (
            "Entry",
            "Attachment",
            "Follower",
            "Whistle",
            "Extension",
            "Reply",
            "SearchWords",
        ):
            followers.register(f"matters.{hanging}", via="matter")
        register_resolver(links.resolve)

        post_migrate.connect(shipped.load, sender=self, dispatch_uid="liren-matters-shipped")
