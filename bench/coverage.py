"""Coverage of a whole city on every line: how each place stands, and its gaps. Statements of SQL.

The city of `bench/city.py`: 4,389 grids, 35,000 buildings, 124,600 units, 2.2 million households.
Cold is the first reading after PostgreSQL was started anew, its own memory empty (the operating
system's may hold files still); warm is the best of some readings after it.
"""

import os
import statistics
import time

import _bench
import _city
from _figure import figure

CITY_S, COMMUNITY_MS, MEMORY_MB, STATEMENTS = 3.0, 100, 1024, 15
ROUNDS = 5


def main() -> None:
    _city.ready("coverage")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from liren.access.actor import system
    from liren.config import paths, postgres
    from liren.organisation import coverage, queries
    from liren.territory.models import Place

    by = system("bench")
    lines = [line for line, _steps in queries.lines_in("")]

    def read(code: str, branch: int) -> int:
        gaps = 0
        for line in lines:
            counted, _listed = coverage.survey(by=by, line=line, code=code, branch=branch)
            gaps += sum(one.places for one in counted if one.standing in coverage.GAPS)
            coverage.strains(by=by, line=line, code=code)
        coverage.workplaces_counted(by=by, code=code)
        return gaps

    def spent(code: str, branch: int) -> tuple[int, float]:
        begin = time.perf_counter()
        gaps = read(code, branch)
        return gaps, time.perf_counter() - begin

    connection.close()
    # Somebody else's server is not ours to stop: then the first reading is told as it is.
    own = not os.environ.get("DATABASE_URL", "").strip()
    if own:
        postgres.Cluster(paths.VAR_DIR, _city.DATABASE).stop()
        postgres.ensure()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    worked = _bench.cpu_s()
    gaps, cold = spent(_city.CITY, 6)
    worked = _bench.cpu_s() - worked
    memory = _bench.memory_mb()
    warm = min(spent(_city.CITY, 6)[1] for _round in range(ROUNDS))
    places = Place.objects.filter(code__startswith=_city.CITY).count()
    figure(
        "coverage of a city, all lines, cold",
        cold,
        "s",
        target=CITY_S,
        beside={
            "warm": round(warm, 2),
            "processor": round(worked, 2),
            "server started anew": own,
            "lines": [line.code for line in lines],
            "what": "counts, gaps, doubled and overburdened posts of every line; places of work",
            "gaps": gaps,
            "places of the tree": places,
        },
    )
    figure("memory of the reading", memory, "MB", target=MEMORY_MB)
    times = [spent(_city.COMMUNITY, 15)[1] * 1000 for _round in range(ROUNDS * 4)]
    figure(
        "coverage of one community, all lines",
        statistics.median(times),
        "ms, median",
        target=COMMUNITY_MS,
        beside={"most": round(max(times), 1)},
    )
    client = _city.signed_in("community")
    address = "/office/network/"
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    figure("statements of the coverage page", len(captured), "statements", target=STATEMENTS)


if __name__ == "__main__":
    main()
