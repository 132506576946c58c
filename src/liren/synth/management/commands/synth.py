"""Make a synthetic community, subdistrict, district or city."""

import resource
import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from liren.base import clock
from liren.synth import shape
from liren.synth.build import DAYS, Occupied, build
from liren.synth.ground import Options


class Command(BaseCommand):
    """``liren synth --scale city --seed 1 --matters 1000000``."""

    help = (
        "Make synthetic places, people, posts and matters, seeded; all of it is marked synthetic.\n"
        "The audit keeps one row a table with the digest of all rows loaded. Measurements belong"
        " in a database of their own: liren --database liren_bench synth …"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what can be chosen."""
        parser.add_argument("--scale", choices=list(shape.SCALES), default="community")
        parser.add_argument("--seed", type=int, default=1, help="same seed, same data (1)")
        parser.add_argument("--matters", type=int, default=0, help="how many matters (0)")
        parser.add_argument(
            "--days", type=int, default=DAYS, help=f"matters of how many days back ({DAYS})"
        )
        parser.add_argument("--date", type=date.fromisoformat, help="the last day (today)")
        parser.add_argument("--no-households", action="store_true", help="stop at the entrances")
        parser.add_argument(
            "--no-people", action="store_true", help="no residents; holders of posts only"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and say what was made."""
        if options["matters"] < 0 or options["days"] < 1:
            raise CommandError("--matters and --days count upwards.")
        began = time.monotonic()
        chosen = Options(
            scale=options["scale"],
            seed=options["seed"],
            today=options["date"] or clock.today(),
            households=not options["no_households"],
            people=not options["no_people"],
        )
        try:
            made = build(
                chosen, matters=options["matters"], days=options["days"], tell=self.stdout.write
            )
        except Occupied as error:
            raise CommandError(str(error)) from error
        for name, rows in made.rows.items():
            self.stdout.write(f"{rows:>12,}  {name}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        spent = time.monotonic() - began
        self.stdout.write(
            f"Synthetic {chosen.scale}, seed {chosen.seed}, {chosen.today}:"
            f" digest {made.digest[:16]} ({spent:.0f} s, {peak} MB)."
            " The audit has one row a table for this load."
        )
