"""Public reports a second: 4 clients, 2 web processes, over HTTP through the whole stack.

Each report is a form with its CSRF token, cleaned, routed to its holder, promised, indexed, told
to the leader's inbox and audited, in one transaction under row-level security. Rate limits are on:
every report comes from another address. At the end everything that must be there is counted.

Whoever shares the machine takes from the figure, so the processor time a report costs stands
beside it, by who spent it. The clients send from one light process of their own (this one).
"""

import os
import statistics
import threading
import time
from random import Random

import _city
import _web
from _figure import figure, percentile

CLIENTS, WORKERS, LEAST = 4, 2, 150
WARM, SECONDS = 5, float(os.environ.get("SECONDS", "20"))
MOST = 400  # more reports a second than this are not prepared for
SIGNALEN = {"Signalen, same kind of machine, 2 workers": "7.7–20.5 a second, 45 statements"}


def main() -> None:
    _city.ready("reports a second", small=True)
    from liren.access.models import AuditRow
    from liren.base.ids import new_code
    from liren.config import paths, postgres
    from liren.matters.models import Category, Entry, Matter, SearchWords
    from liren.notifications.models import Notice
    from liren.synth import words
    from liren.territory.models import Place

    rng = Random(1)
    path = f"/c/{_city.COMMUNITY}/report/"
    kinds = dict(Category.objects.filter(community="", current=True).values_list("key", "pk"))
    units = list(
        Place.objects.filter(community=_city.COMMUNITY, level="unit").values_list("code", flat=True)
    )
    needs = [
        (rng.choice(units), key, words.need(rng, key)) for key in words.NEEDS for _ in range(40)
    ]
    rng.shuffle(needs)
    # Another run the same hour comes from other addresses: the limits are on.
    start = int(time.time()) % (1 << 12) << 12

    def fields(number: int) -> dict[str, str]:
        place, key, text = needs[number % len(needs)]
        return {
            "place": place,
            "via": "web",
            "once": new_code(16),
            "text": f"{text}（{number}）",
            "category": str(kinds.get(key, "")),
        }

    first = _web.Browser(start)

    def prepared(count: int, offset: int) -> list[tuple[bytes, dict[str, str]]]:
        """Forms as browsers at so many addresses send them, all from the page that was fetched."""
        made = []
        for number in range(offset, offset + count):
            browser = _web.Browser(start + number)
            body, kind = _web.form({"csrfmiddlewaretoken": first.token, **fields(number)})
            cookie = "; ".join(f"{name}={value}" for name, value in first.cookies.items())
            made.append((body, {**browser.headers, "Content-Type": kind, "Cookie": cookie}))
        return made

    def counted() -> list[tuple[str, int]]:
        new = AuditRow.objects.filter(table="matters_matter", op="INSERT")
        return [
            ("matters", Matter.objects.count()),
            ("entries", Entry.objects.filter(verb="report").count()),
            ("search words", SearchWords.objects.count()),
            ("audit rows", new.count()),
            ("in inboxes", Notice.objects.filter(kind="matter.report").count()),
        ]

    refused: list[str] = []

    def reporting(
        until: float, forms: list[tuple[bytes, dict[str, str]]], times: list[float]
    ) -> None:
        sender = _web.Sender()
        for body, headers in forms:
            begin = time.perf_counter()
            if begin > until:
                break
            status, location, page = sender.post(path, body, headers)
            if status != 302 or not location.endswith("/receipt/"):
                refused.append(f"{status} {page[:200]}")
                return
            times.append(time.perf_counter() - begin)

    def asking(until: float, number: int, times: list[float]) -> None:
        """As a person does it: fetch the form, then send it."""
        browser = _web.Browser(start + number)
        while time.perf_counter() < until:
            number += CLIENTS
            browser.move(start + number)
            browser.cookies.clear()
            begin = time.perf_counter()
            status, _location, page = browser.get(f"{path}?place={units[number % len(units)]}")
            if status == 200:
                status, _location, page = browser.post(path, fields(number))
            if status != 302:
                refused.append(f"{status} {page[:200]}")
                return
            times.append(time.perf_counter() - begin)

    def run(seconds: float, work: object, each: list[object]) -> tuple[list[float], float]:
        times: list[float] = []
        begin = time.perf_counter()
        threads = [
            threading.Thread(target=work, args=(begin + seconds, one, times)) for one in each
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return times, time.perf_counter() - begin

    stood = [count for _name, count in counted()]
    with _web.served(workers=WORKERS) as server:
        assert first.get(f"{path}?place={units[0]}")[0] == 200
        share = int(MOST * SECONDS / CLIENTS)
        warming = [prepared(share // 3, n * share) for n in range(CLIENTS)]
        sending = [prepared(share, (CLIENTS + n) * share) for n in range(CLIENTS)]
        warm, _spent = run(WARM, reporting, warming)
        web = {pid for pid, command in _web.started_by(server).items() if "granian" in command}
        cluster = None if os.environ.get("DATABASE_URL") else postgres.Cluster(paths.VAR_DIR).pid()
        spenders = {
            "web": web,
            "PostgreSQL": {cluster} if cluster else set(),
        }

        def spent_so_far() -> dict[str, float]:
            sums = {name: _web.processor_seconds(pids) for name, pids in spenders.items() if pids}
            sums["clients"] = time.process_time()
            return sums | {"whole machine": _web.machine_seconds()}

        before = spent_so_far()
        times, spent = run(SECONDS, reporting, sending)
        costs = {
            name: round((after - before[name]) / len(times) * 1000, 2)
            for name, after in spent_so_far().items()
        }
        both, both_spent = run(SECONDS / 2, asking, [1_000_000 + n for n in range(CLIENTS)])
    assert not refused, refused[0]
    sent = len(warm) + len(times) + len(both)
    found = {name: after - before for (name, after), before in zip(counted(), stood, strict=True)}
    assert set(found.values()) == {sent}, (found, sent)
    ours = sum(costs[name] for name in ("web", "PostgreSQL", "clients") if name in costs)
    figure(
        "public reports a second, 4 clients, 2 workers",
        len(times) / spent,
        "reports/s",
        target=LEAST,
        at_least=True,
        beside={
            "median ms": round(statistics.median(times) * 1000, 1),
            "p95 ms": round(percentile(times, 95) * 1000, 1),
            "processor ms a report": costs,
            "our share of the processors' work": round(ours / costs["whole machine"], 2),
            "a second, if both processors did nothing else": round(2000 / ours, 1),
            "with fetching the form each time, a second": round(len(both) / both_spent, 1),
            **SIGNALEN,
        },
    )


if __name__ == "__main__":
    main()
