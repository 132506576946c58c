"""The demonstration community as a Django application."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demonstration community."""

    name = "liren.demo"
    label = "demo"
