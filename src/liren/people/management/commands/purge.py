"""``liren purge``: apply the declared retention now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from liren.people import retention


class Command(BaseCommand):
    """Remove personal data whose retention is over."""

    help = "Remove personal data whose retention is over (runs every night by itself)."

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument("--dry-run", action="store_true", help="count, but change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge and print the counts."""
        done = retention.purge(dry_run=options["dry_run"])
        for one in done:
            what = f" ({one.fields})" if one.fields else ""
            self.stdout.write(f"{one.rows:>8}  {one.table}{what}")
        word = "would go" if options["dry_run"] else "removed"
        self.stdout.write(f"{sum(one.rows for one in done)} rows {word}.")
