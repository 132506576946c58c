"""Build the demonstration community unless it exists."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import translation

from liren.demo import community
from liren.demo.enrich import enrich


class Command(BaseCommand):
    """``liren demo``: the demonstration community, synthetic, once."""

    help = "Build the demonstration community (synthetic) unless it exists."

    def handle(self, *args: Any, **options: Any) -> None:
        """Build it."""
        if community.exists():
            self.stdout.write("The demonstration community is there already.")
            return
        self.stdout.write("Building the demonstration community, about twenty seconds …")
        self.stdout.flush()
        with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
            count = enrich(community.build(grids=3, buildings=6, units=3, households=8))
        self.stdout.write(
            f"Built the demonstration community 长山花园社区 with {count} matters (all synthetic)."
        )
