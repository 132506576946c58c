"""What the benches with a database share."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def start() -> None:
    """Set Django up; PostgreSQL runs afterwards."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.config.settings")
    from liren.config import postgres

    postgres.ensure()
    import django

    django.setup()


@contextmanager
def own_database(name: str) -> Iterator[None]:
    """Run a block in a fresh, migrated database beside the real one, and drop it afterwards."""
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = f"liren_bench_{name}"
    kept = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(kept, verbosity=0)


def memory_mb() -> int:
    """The most memory this process and PostgreSQL's process for it have held so far, in MB.

    Shared buffers do not count: they belong to the server whatever it does.
    """
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return round(own + server_memory_mb())


def _server_process() -> Path | None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    here = Path(f"/proc/{pid}")
    return here if here.exists() else None


def server_memory_mb() -> float:
    """What PostgreSQL's process for this connection holds for itself now, in MB (0: elsewhere)."""
    process = _server_process()
    if process is None:
        return 0.0
    lines = (process / "status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1024


def cpu_s() -> float:
    """Processor seconds used so far by this process and by PostgreSQL's process for it.

    On a busy machine these say more than the clock on the wall.
    """
    own = resource.getrusage(resource.RUSAGE_SELF)
    used = own.ru_utime + own.ru_stime
    process = _server_process()
    if process is not None:
        ticks = (process / "stat").read_text().rpartition(")")[2].split()
        used += (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
    return used
