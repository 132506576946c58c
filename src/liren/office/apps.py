"""The desk as a Django application."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """The desk of community workers, secretary and officer."""

    name = "liren.office"
    label = "office"
