"""Overviews: everybody at one place, and the core's board. Reads only."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Overviews: everybody at one place, and the core's board. Reads only."""

    name = "liren.insight"
    label = "insight"
