"""The matter engine: one flow, one timeline, one clock."""

from django.apps import AppConfig


class MattersConfig(AppConfig):
    """The matter engine: one flow, one timeline, one clock."""

    name = "liren.matters"
    label = "matters"
