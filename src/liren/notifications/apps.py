"""The inbox everybody has and the outbox that reaches further."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The inbox everybody has and the outbox that reaches further."""

    name = "liren.notifications"
    label = "notifications"

    def ready(self) -> None:
        """Give people's pages the ways out, and the inbox."""
        from . import privacy, steps

        privacy.register()
        steps.register()
