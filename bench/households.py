"""A sheet of 100,000 households into one community: seconds and memory, everything included."""

import time

import _bench
from _figure import figure

ROWS, SECONDS = 100_000, 60
COMMUNITY = "220103008003"


def sheet() -> bytes:
    from liren.base.sheets import write_sheet
    from liren.people.register.layout import TEMPLATE

    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    names, given = "赵钱孙李周吴郑王冯陈", "安宁和顺平康乐怡明朗清雅文竹松柏"

    def rows():
        for n in range(ROWS):
            building, home = divmod(n, 100)
            unit, door = divmod(home, 25)
            body = f"220103{1950 + n % 50}{1 + n % 12:02d}{1 + n % 28:02d}{n % 1000:03d}"
            check = sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11
            # The same number twice would be one person: the first thousand of each day have one.
            identity = body + "10X98765432"[check] if n < 50_000 and n // 16_800 == 0 else None
            yield {
                "compound": f"合成小区{building // 50 + 1}",
                "grid": f"第{building // 25 + 1}网格",
                "building": f"{building % 50 + 1}号楼",
                "unit": f"{unit + 1}单元",
                "door": f"{door // 4 + 1}0{door % 4 + 1}",
                "name": names[n % 10] + given[n % 16] + given[n // 16 % 16],
                "phone": f"138{n:08d}",
                "identity": identity,
                "tenure": ("业主", "租户", "家庭成员")[n % 3],
                "area": 40 + n % 100,
                "longitude": round(125.33 + building * 0.0001, 6),
                "latitude": 43.9431,
            }

    return write_sheet(rows(), TEMPLATE)


def main() -> None:
    _bench.start()
    from liren.access.actor import system
    from liren.people.models import Person
    from liren.people.register.actions import import_register
    from liren.territory.actions import load_divisions
    from liren.territory.divisions import Division
    from liren.territory.models import Place

    above = [
        Division(COMMUNITY[:length], name)
        for length, name in (
            (2, "吉林省"),
            (4, "长春市"),
            (6, "宽城区"),
            (9, "团山街道"),
            (12, "长山花园社区"),
        )
    ]
    data = sheet()
    with _bench.own_database("households"):
        load_divisions(by=system("bench"), divisions=above, selection="22", source="bench")

        def take():
            begin, cpu = time.monotonic(), _bench.cpu_s()
            steps = []
            done = import_register(
                by=system("bench"),
                community=COMMUNITY,
                data=data,
                name="bench.xlsx",
                say=lambda step: steps.append((step, round(time.monotonic() - begin, 1))),
            )
            assert done.written
            assert not done.plan.faulty, done.plan.faulty[:3]
            return done, time.monotonic() - begin, _bench.cpu_s() - cpu, steps

        _done, seconds, cpu, steps = take()
        figure(
            "households.100k",
            round(seconds, 1),
            "s",
            target=SECONDS,
            beside={
                "processor seconds": round(cpu, 1),
                "households": Place.objects.filter(level="household").count(),
                "people": Person.objects.count(),
                "file in MB": round(len(data) / 1e6, 1),
                "steps": steps,
            },
        )
        figure("households.memory", _bench.memory_mb(), "MB")
        again, seconds, cpu, _steps = take()
        assert not again.plan.changes
        figure(
            "households.100k_again",
            round(seconds, 1),
            "s",
            target=SECONDS,
            beside={"processor seconds": round(cpu, 1)},
        )


if __name__ == "__main__":
    main()
