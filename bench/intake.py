"""Public reports a second through the whole stack, and the statements one of them needs.

    python bench/intake.py [SECONDS]

A database of its own with the demonstration community; `liren serve` with two web processes; four
clients, each a process with one kept connection, that send the public form as many different
browsers at many different addresses (so the limits are on and count, and none is reached). The
clients share the machine's cores with the server and the database.
"""

import http.client
import multiprocessing
import os
import re
import socket
import subprocess
import sys
import time
import urllib.parse
from collections import Counter

from _bench import own_database, start
from _figure import figure

CLIENTS = 4
WORKERS = 2
SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
TEXTS = (
    "{n}楼楼道灯不亮，晚上看不见台阶，老人上下楼不安全",
    "单元门关不上，夜里总有风声，麻烦来人看看，第{n}次了",
    "楼下垃圾桶满了{n}天没人收，味道很大",
    "电动车推上{n}楼充电，消防通道也被占了",
)
SIGNALEN = "Signalen on the same kind of machine: 7.7-20.5 reports a second, 45 statements"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def form_of(port: int, community: str, unit: str) -> tuple[str, str, str]:
    """Return the path of the form, its token and its cookie, as a browser gets them."""
    path = f"/c/{community}/report/"
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    link.request("GET", f"{path}?place={unit}", headers={"User-Agent": "bench"})
    answer = link.getresponse()
    page = answer.read().decode()
    cookie = re.search(r"csrftoken=(\w+)", answer.getheader("Set-Cookie", ""))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert cookie, page[:500]
    assert token, page[:500]
    return path, token[1], cookie[1]


def client(number: int, port: int, form: tuple[str, str, str], units: list[str], out) -> None:  # type: ignore[no-untyped-def]  # a queue
    path, token, cookie = form
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    spent: list[float] = []
    statuses: Counter[int] = Counter()
    until = time.perf_counter() + SECONDS
    n = 0
    while time.perf_counter() < until:
        n += 1
        body = urllib.parse.urlencode(
            {
                "csrfmiddlewaretoken": token,
                "place": units[(n * 7 + number) % len(units)],
                "text": TEXTS[n % len(TEXTS)].format(n=n),
                "once": f"b{number}x{n}",
            }
        )
        begun = time.perf_counter()
        link.request(
            "POST",
            path,
            body,
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"csrftoken={cookie}",
                "User-Agent": f"bench {number} {n % 97}",
                # The proxy in front says so; the limits count on it.
                "X-Forwarded-For": f"10.{number}.{n // 250 % 250}.{n % 250}",
            },
        )
        answer = link.getresponse()
        answer.read()
        spent.append(time.perf_counter() - begun)
        statuses[answer.status] += 1
    out.put((statuses, spent))


def statements(community: str, unit: str) -> tuple[int, list[str]]:
    """Return how many statements one anonymous report needs through the whole stack."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    browser = Client(enforce_csrf_checks=False, headers={"host": "localhost"})
    for attempt in range(2):  # the first fills what is cached in a process
        with CaptureQueriesContext(connection) as seen:
            answer = browser.post(
                f"/c/{community}/report/",
                {"place": unit, "text": "楼道灯不亮", "once": f"count{attempt}"},
            )
        assert answer.status_code == 302, answer.content[:300]
    return len(seen), [query["sql"][:160] for query in seen.captured_queries]


def main() -> int:
    start()
    with own_database("intake"):
        from django.db import connection

        from liren.config import postgres
        from liren.demo import community as demo
        from liren.matters.models import Entry, Matter
        from liren.territory.models import Place

        demo.build(grids=4, buildings=10, units=3, households=2)
        units = list(Place.objects.filter(level="unit").values_list("code", flat=True))
        count, queries = statements(demo.COMMUNITY, units[0])
        held = figure("SQL statements of one public report", count, "statements", target=20)
        if "-v" in sys.argv:
            print("\n".join(queries))
        before = Matter.objects.count()
        name = connection.settings_dict["NAME"]
        port = free_port()
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "liren.cli",
                "serve",
                "--port",
                str(port),
                "--no-jobs",
                "--workers",
                str(WORKERS),
            ],
            env={
                **os.environ,
                "DATABASE_URL": postgres.dsn().conninfo(dbname=name),
                "LIREN_PROXIES": "1",
                "LIREN_DEMO": "1",
                "LIREN_LOG_LEVEL": "ERROR",
            },
            stdout=subprocess.DEVNULL,
        )
        try:
            for _ in range(600):
                try:
                    form = form_of(port, demo.COMMUNITY, units[0])
                    break
                except OSError:
                    time.sleep(0.1)
            out: multiprocessing.Queue = multiprocessing.Queue()  # type: ignore[type-arg]  # any
            people = [
                multiprocessing.Process(target=client, args=(n, port, form, units, out))
                for n in range(CLIENTS)
            ]
            begun = time.perf_counter()
            for one in people:
                one.start()
            results = [out.get() for _ in people]
            took = time.perf_counter() - begun
        finally:
            server.terminate()
            server.wait(30)
        statuses = sum((s for s, _ in results), Counter())
        spent = sorted(t for _, times in results for t in times)
        taken = Matter.objects.count() - before
        assert statuses[302] == taken == Entry.objects.count() - before, (statuses, taken)
        held &= figure(
            f"public reports a second, {CLIENTS} clients, {WORKERS} web processes",
            taken / took,
            "reports/s",
            target=150,
            at_least=True,
            beside={
                "peer": SIGNALEN,
                "statuses": dict(statuses),
                "p50_ms": round(1000 * spent[len(spent) // 2], 1),
                "p95_ms": round(1000 * spent[int(len(spent) * 0.95)], 1),
                "load_before": os.getloadavg()[0],
            },
        )
        connection.close()
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
