"""``liren reencrypt``: after a new key was put first into LIREN_FIELD_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liren.base.crypto import CannotDecrypt, key_ring, reencrypt_all


class Command(BaseCommand):
    """Seal every encrypted value under the first key of LIREN_FIELD_KEYS."""

    help = (
        "Seal phone and identity numbers under the first key of LIREN_FIELD_KEYS. "
        "May run while people work, be stopped, and be started again. "
        "Afterwards the older keys can be taken out of the setting."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """How many rows are locked at a time."""
        parser.add_argument("--batch", type=int, default=500, help="rows locked at a time (500)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was sealed anew; the exit code is 1 when a value cannot be read."""
        try:
            done = reencrypt_all(batch=max(1, options["batch"]))
        except CannotDecrypt:
            raise CommandError(
                "A value cannot be read: its key is missing from LIREN_FIELD_KEYS, or it was "
                "altered. What was sealed before it stays sealed; nothing was lost."
            ) from None
        for field, count in done.items():
            self.stdout.write(f"{count:>10,}  {field}")
        self.stdout.write(f"Everything is under key {key_ring().active}.")
