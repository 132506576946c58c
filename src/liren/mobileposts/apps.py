"""Mobile posts 流动哨所 as a Django application."""

from django.apps import AppConfig


class MobilePostsConfig(AppConfig):
    """Couriers, drivers, cleaners, shopkeepers who joined to tell what they see on their way."""

    name = "liren.mobileposts"
    label = "mobileposts"

    def ready(self) -> None:
        """Offer the way in from an entrance's poster, and leaving from one's own page."""
        from . import consent, steps

        consent.register()
        steps.register()
