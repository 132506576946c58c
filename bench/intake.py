"""Public reports a second: 4 clients, 2 web processes, over HTTP through the whole stack.

Each report is a form with its CSRF token, cleaned, routed to its holder, promised, indexed, told
to the leader's inbox and audited, in one transaction under row-level security. Rate limits are on:
every report comes from another address. At the end the matters are counted.
"""

import statistics
import threading
import time
from random import Random

import _city
import _web
from _figure import figure, percentile

CLIENTS, WORKERS, LEAST = 4, 2, 150
WARM, SECONDS = 4, 20
STATEMENTS = 20
SIGNALEN = {"Signalen, same kind of machine, 2 workers": "7.7–20.5 a second, 45 statements"}


def main() -> None:
    _city.ready("reports a second")
    from liren.base.ids import new_code
    from liren.matters.models import Category, Entry, Matter, SearchWords
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

    def fields(number: int) -> dict[str, str]:
        place, key, text = needs[number % len(needs)]
        return {
            "place": place,
            "via": "web",
            "once": new_code(16),
            "text": f"{text}（{number}）",
            "category": str(kinds[key]),
        }

    refused: list[str] = []

    def reporting(client: int, until: float, times: list[float], *, ask: bool) -> None:
        browser = _web.Browser(client)
        assert browser.get(f"{path}?place={units[client % len(units)]}")[0] == 200
        kept, number = dict(browser.cookies), client
        while time.perf_counter() < until:
            number += CLIENTS
            browser.move(number + (1 << 20) * ask)
            browser.cookies = dict(kept)
            begin = time.perf_counter()
            if ask:
                assert browser.get(f"{path}?place={units[number % len(units)]}")[0] == 200
            status, location, page = browser.post(path, fields(number + (1 << 22) * ask))
            if status != 302 or not location.endswith("/receipt/"):
                refused.append(f"{status} {page[:200]}")
                return
            times.append(time.perf_counter() - begin)

    def run(seconds: float, offset: int, *, ask: bool = False) -> tuple[list[float], float]:
        times: list[float] = []
        begin = time.perf_counter()
        threads = [
            threading.Thread(
                target=reporting, args=(n + offset, begin + seconds, times), kwargs={"ask": ask}
            )
            for n in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return times, time.perf_counter() - begin

    before = Matter.objects.count(), Entry.objects.count(), SearchWords.objects.count()
    with _web.served(workers=WORKERS):
        warm, _spent = run(WARM, 0)
        times, spent = run(SECONDS, 200_000)
        both, both_spent = run(SECONDS / 2, 400_000, ask=True)
    assert not refused, refused[0]
    sent = len(warm) + len(times) + len(both)
    after = Matter.objects.count(), Entry.objects.count(), SearchWords.objects.count()
    assert [a - b for a, b in zip(after, before, strict=True)] == [sent] * 3, (before, after, sent)
    figure(
        "public reports a second, 4 clients, 2 workers",
        len(times) / spent,
        "reports/s",
        target=LEAST,
        at_least=True,
        beside={
            "median ms": round(statistics.median(times) * 1000, 1),
            "p95 ms": round(percentile(times, 95) * 1000, 1),
            "with fetching the form each time, a second": round(len(both) / both_spent, 1),
            **SIGNALEN,
        },
    )


if __name__ == "__main__":
    main()
