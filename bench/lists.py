"""The desk's list of 100 of 1,000,000 matters: statements and time, row-level security on.

Through the whole stack (session, actor, transaction as the serving role, view, template) with
Django's test client: no network, no server.
"""

import statistics
import time

import _bench
import _city
from _figure import figure, percentile

ROUNDS = 12
MOST = {"community": 40, "city": 120}
STATEMENTS = 12
FILTERS = {
    "all": "",
    "open": "status=open",
    "overdue": "view=overdue",
    "inbox": "view=inbox",
    "closed as solved": "status=closed&ending=solved",
    "one kind": "category=upkeep.light",
    "hotline": "origin=hotline",
    "by due date": "sort=due",
    "one place": f"place={_city.COMMUNITY}001",
    "last month": "since=2026-10-20&until=2026-11-20",
    "shielded": "shielded=on",
}


def main() -> None:
    _city.ready("lists")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    statements = {}
    for role in ("community", "city"):
        client = _city.signed_in(role)
        times: dict[str, list[float]] = {}
        work: dict[str, list[float]] = {}
        for turn in range(ROUNDS + 1):
            for name, query in FILTERS.items():
                begin, worked = time.perf_counter(), _bench.cpu_s()
                answer = client.get(f"/office/matters/?{query}")
                spent = (time.perf_counter() - begin) * 1000
                worked = (_bench.cpu_s() - worked) * 1000
                assert answer.status_code == 200, (name, answer.status_code)
                if turn:  # the first round warms up
                    times.setdefault(name, []).append(spent)
                    work.setdefault(name, []).append(worked)
        for name, query in FILTERS.items():
            with CaptureQueriesContext(connection) as captured:
                client.get(f"/office/matters/?{query}")
            statements[f"{role}, {name}"] = len(captured)
        figure(
            f"list of 100, {role}",
            percentile(times["all"], 95),
            "ms, p95",
            target=MOST[role],
            beside={
                "median": round(statistics.median(times["all"]), 1),
                "processor ms a page": round(statistics.mean(work["all"]), 1),
                "p95 by filter": {
                    name: round(percentile(spent, 95), 1) for name, spent in times.items()
                },
            },
        )
    figure(
        "statements of a list of 100, any filter",
        max(statements.values()),
        "statements",
        target=STATEMENTS,
        beside=statements,
    )


if __name__ == "__main__":
    main()
