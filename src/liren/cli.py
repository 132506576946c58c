"""The `liren` command: a few commands of its own, and every Django management command.

Management commands are written with underscores (`import_divisions.py`) and called with dashes
(`liren import-divisions`).
"""

import os
import sys
from collections.abc import Callable, Sequence

from liren.config import postgres

OFFLINE = {"help", "version", "check", "collectstatic", "messages", "-h", "--help", "--version"}
"""Commands that need no database: the cluster is not started for them."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 if it did what was asked."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.config.settings")
    arguments = list(sys.argv[1:] if argv is None else argv) or ["--help"]
    name, rest = arguments[0], arguments[1:]
    try:
        if name in OWN:
            return OWN[name](rest)
        if name not in OFFLINE and not {"-h", "--help"} & set(rest):
            postgres.ensure()
    except postgres.PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    from django.core.management import execute_from_command_line

    if not name.startswith("-"):
        name = name.replace("-", "_")
    execute_from_command_line(["liren", name, *rest])
    return 0


def setup_db(arguments: Sequence[str]) -> int:
    """Start PostgreSQL if it is ours to start, create the database, migrate it."""
    from django.core.management import execute_from_command_line

    postgres.ensure()
    execute_from_command_line(["liren", "migrate", "--verbosity=0", *arguments])
    return 0


def stop_db(arguments: Sequence[str]) -> int:
    """Stop the private cluster, if there is one and it runs."""
    from liren.config.paths import VAR_DIR

    print("stopped" if postgres.Cluster(VAR_DIR).stop() else "PostgreSQL was not running")
    return 0


OWN: dict[str, Callable[[Sequence[str]], int]] = {"setup-db": setup_db, "stop-db": stop_db}


if __name__ == "__main__":
    sys.exit(main())
