"""The place tree, place sets, names and codes."""

from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    """The place tree, place sets, names and codes."""

    name = "liren.territory"
    label = "territory"

    def ready(self) -> None:
        """Offer the places to forms."""
        from . import sources

        sources.register()
