"""Build the demonstration community unless it exists."""

from typing import Any

from django.core.management.base import BaseCommand

from liren.demo import community


class Command(BaseCommand):
    """``liren demo``: the demonstration community, synthetic, once."""

    help = "Build the demonstration community (synthetic) unless it exists."

    def handle(self, *args: Any, **options: Any) -> None:
        """Build it."""
        if community.exists():
            self.stdout.write("The demonstration community is there already.")
            return
        community.build()
        self.stdout.write("Built the demonstration community 长山花园社区 (synthetic).")
