"""``liren audit``: seal the audit, verify it, show its head."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liren.access import seal as chain
from liren.base.clock import SHANGHAI


class Command(BaseCommand):
    """Verify the audit's chain, or show the head that can be published."""

    help = "Verify the audit, show its publishable head, or seal what is new."

    def add_arguments(self, parser: CommandParser) -> None:
        """Four verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="compare every sealed row with its seal")
        verify.add_argument("--head", default="", help="a head written down earlier")
        verbs.add_parser("head", help="print the head of the chain, for publishing")
        verbs.add_parser("seal", help="seal what is final now instead of waiting for the job")
        verbs.add_parser(
            "restored", help="once, after restoring a backup into another server: seal and go on"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one verb; the exit code is 1 when something was tampered with."""
        getattr(self, options["verb"])(options)

    def verify(self, options: dict[str, Any]) -> None:
        """Print OK, or every row and seal that is not as it was."""
        report = chain.verify(options["head"])
        if report.faults:
            for fault in report.faults[:1000]:
                self.stdout.write(str(fault))
            raise CommandError(
                f"{len(report.faults)} faults in {report.rows} rows and {report.seals} seals."
            )
        self.stdout.write(
            f"OK: {report.rows} rows in {report.seals} seals; {report.unsealed} not sealed yet."
        )
        if report.head is not None:
            self._print_head(report.head)

    def head(self, options: dict[str, Any]) -> None:
        """Print what can be published."""
        found = chain.head()
        if found is None:
            raise CommandError("Nothing is sealed yet: run `liren audit seal`.")
        self._print_head(found)

    def seal(self, options: dict[str, Any]) -> None:
        """Seal now."""
        try:
            self.stdout.write(f"{chain.seal()} rows sealed.")
        except chain.RestoredElsewhereError as error:
            raise CommandError(f"{error}: run `liren audit restored` while nobody writes") from None

    def restored(self, options: dict[str, Any]) -> None:
        """Go on after a restore."""
        self.stdout.write(f"{chain.restored()} rows sealed.")

    def _print_head(self, head: chain.Head) -> None:
        at = head.at.astimezone(SHANGHAI)
        self.stdout.write(f"head: seal {head.seal}, {head.rows} rows, {at:%Y-%m-%d %H:%M}")
        self.stdout.write(head.hash)
