"""Text search in 1,000,000 matters, from two characters up, row-level security on.

Through the whole stack, as the list; every word is looked for several times, and what is found is
compared with a letter-by-letter comparison once.
"""

import statistics
import time

import _bench
import _city
from _figure import figure, percentile

ROUNDS = 6
MOST = {"community": 40, "city": 200}
# Frequent and rare, short and long, one that is nowhere.
WORDS = (
    "楼道",
    "电梯",
    "漏水",
    "井盖",
    "煤气",
    "居住证",
    "楼道灯",
    "返水",
    "僵尸车",
    "声控灯时亮时不亮",
    "单元门关不上",
    "独居老人",
    "楼东侧 路灯",
    "已经好几天了",
    "老人差点绊倒",
    "北极熊",
)


def main() -> None:
    _city.ready("search")
    from liren.base.text import contains
    from liren.matters.models import Matter
    from liren.matters.search import find

    for role in ("community", "city"):
        client = _city.signed_in(role)
        times: dict[str, list[float]] = {}
        work: list[float] = []
        for turn in range(ROUNDS + 1):
            for words in WORDS:
                begin, worked = time.perf_counter(), _bench.cpu_s()
                answer = client.get("/office/matters/", {"q": words})
                spent = (time.perf_counter() - begin) * 1000
                work.append((_bench.cpu_s() - worked) * 1000 if turn else 0.0)
                assert answer.status_code == 200
                if turn:
                    times.setdefault(words, []).append(spent)
        every = [one for spent in times.values() for one in spent]
        figure(
            f"text search, {role}",
            percentile(every, 95),
            "ms, p95",
            target=MOST[role],
            beside={
                "median": round(statistics.median(every), 1),
                "processor ms a page": round(sum(work) / len(every), 1),
                "median by words": {
                    words: round(statistics.median(spent), 1) for words, spent in times.items()
                },
            },
        )
    # In one community exactly what a comparison finds.
    here = Matter.objects.filter(community=_city.COMMUNITY)
    texts = dict(here.values_list("pk", "text"))
    for words in WORDS:
        found = set(find(here, words).rows.values_list("pk", flat=True))
        assert found == {pk for pk, text in texts.items() if contains(text, words)}, words


if __name__ == "__main__":
    main()
