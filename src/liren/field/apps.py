"""The leaders' face as a Django application."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    """The leaders' face."""

    name = "liren.field"
    label = "field"
