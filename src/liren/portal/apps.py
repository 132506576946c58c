"""The residents' face as a Django application."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The residents' face."""

    name = "liren.portal"
    label = "portal"
