"""Take in a community's sheet of buildings, entrances, households and the people in them."""

import argparse
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from liren.access.actor import system
from liren.base.errors import Refused
from liren.base.sheets import blank_sheet, error_report

from ...register.actions import import_register
from ...register.layout import COLUMNS, EXAMPLES, TEMPLATE
from ...register.words import summary


class Command(BaseCommand):
    """`liren import-places`."""

    help = "Take in a community's sheet of buildings, entrances, households and residents."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which sheet, into which community, and what to do with wrong rows."""
        parser.add_argument("file", nargs="?", type=Path, help=".xlsx, .xls, .ods or .csv")
        parser.add_argument("--community", metavar="CODE", help="the community's 12 digits")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, no more")
        parser.add_argument(
            "--good-rows-only", action="store_true", help="leave wrong rows out instead of stopping"
        )
        parser.add_argument(
            "--report",
            type=Path,
            metavar="FILE.xlsx",
            help="where to write the wrong rows (default: beside the sheet)",
        )
        parser.add_argument(
            "--template", type=Path, metavar="FILE.xlsx", help="write an empty sheet and stop"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say what was done."""
        if options["template"]:
            options["template"].write_bytes(blank_sheet(TEMPLATE, examples=EXAMPLES))
            self.stdout.write(str(options["template"]))
            return
        if not options["file"] or not options["community"]:
            raise CommandError(_("Please name a sheet and a community: FILE.xlsx --community CODE"))
        start = time.monotonic()
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(str(error)) from None
        try:
            done = import_register(
                by=system("import-places"),
                community=options["community"],
                data=data,
                name=options["file"].name,
                dry_run=options["dry_run"],
                good_rows_only=options["good_rows_only"],
            )
        except Refused as error:
            raise CommandError(str(error)) from None
        for line in summary(done.plan):
            self.stdout.write(line)
        if done.plan.faulty:
            report = options["report"] or options["file"].with_suffix(".errors.xlsx")
            report.write_bytes(error_report(done.plan.sheet, COLUMNS))
            self.stdout.write(
                _("%(n)s rows are wrong; they are in %(file)s, with what is wrong in each.")
                % {"n": len(done.plan.faulty), "file": report}
            )
            if not done.written and not options["dry_run"]:
                raise CommandError(_("Nothing was written. --good-rows-only takes in the rest."))
        seconds = time.monotonic() - start
        if done.written:
            self.stdout.write(_("Taken in, in %(n).1f seconds.") % {"n": seconds})
        else:
            self.stdout.write(_("Nothing was written: a dry run."))
