"""Known to Django for its templates, static files and translations. No models."""

from django.apps import AppConfig


class LookConfig(AppConfig):
    """The look."""

    name = "liren.look"
    label = "look"
    verbose_name = "Look"
