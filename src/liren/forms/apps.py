"""Forms from above: uploaded once, filled from our own lists from then on."""

from django.apps import AppConfig


class FormsConfig(AppConfig):
    """Forms from above: uploaded once, filled from our own lists from then on."""

    name = "liren.forms"
    label = "forms"
