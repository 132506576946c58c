"""A whole city with 1,000,000 matters, made from nothing: time, memory, disk.

Drops and makes the database liren_bench (LIREN_DATABASE); the other figures at scale use it.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path

import _city
from _figure import figure

MINUTES, MEGABYTES = 15, 2048


def main() -> None:
    _city.drop()
    liren = Path(sys.executable).parent / "liren"
    subprocess.run([liren, "setup-db"], check=True)
    begin = time.monotonic()
    subprocess.run(
        [
            *(liren, "synth", "--scale", "city"),
            *("--seed", str(_city.SEED), "--matters", str(_city.MATTERS)),
        ],
        check=True,
        stdout=sys.stderr,
    )
    seconds = time.monotonic() - begin
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    _city.start()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()) / 1048576")
        (disk,) = cursor.fetchone()
        cursor.execute(
            "SELECT \"table\", content->'rows' FROM access_auditrow WHERE op = 'BULK' ORDER BY 1"
        )
        rows = {table: int(count) for table, count in cursor.fetchall()}
        cursor.execute(
            "SELECT relname, pg_total_relation_size(oid) / 1048576 FROM pg_class"
            " WHERE relkind = 'r' ORDER BY 2 DESC LIMIT 6"
        )
        biggest = {name: f"{size} MB" for name, size in cursor.fetchall()}
    figure(
        "synth city with its matters",
        seconds / 60,
        "min",
        target=MINUTES,
        beside={
            "processor minutes of synth": round((used.ru_utime + used.ru_stime) / 60, 1),
            "rows": rows,
        },
    )
    figure("synth city, memory of synth", used.ru_maxrss / 1024, "MB", target=MEGABYTES)
    figure("synth city, disk", disk / 1024, "GB", beside=biggest)


if __name__ == "__main__":
    main()
