"""The whole country's divisions into an empty database: seconds and memory, pinyin included."""

import time

import _bench
from _figure import figure, skip

SECONDS, MEGABYTES = 90, 500


def main() -> None:
    _bench.start()
    from liren.access.actor import system
    from liren.config import paths
    from liren.territory import divisions
    from liren.territory.actions import load_divisions
    from liren.territory.models import Place

    archive = paths.VAR_DIR / "divisions" / divisions.ARCHIVE
    if not archive.exists():
        skip("divisions.country", f"{archive.name} is not there: liren import-divisions fetches it")
    with _bench.own_database("divisions"):

        def load():
            begin, cpu = time.monotonic(), _bench.cpu_s()
            done = load_divisions(
                by=system("bench"),
                divisions=divisions.read(archive),
                selection="",
                source=archive.name,
            )
            return done, time.monotonic() - begin, _bench.cpu_s() - cpu

        first, seconds, cpu = load()
        figure(
            "divisions.country",
            round(seconds, 1),
            "s",
            target=SECONDS,
            beside={"places": first.added, "processor seconds": round(cpu, 1)},
        )
        figure("divisions.memory", _bench.memory_mb(), "MB", target=MEGABYTES)
        again, seconds, _cpu = load()
        assert again.added == 0
        assert Place.objects.count() == first.added
        figure("divisions.country_again", round(seconds, 1), "s", target=SECONDS)
        changchun = Place.objects.filter(level="community", code__startswith="2201").count()
        kuancheng = Place.objects.filter(level="community", code__startswith="220103").count()
        assert (changchun, kuancheng) == (2798, 173)


if __name__ == "__main__":
    main()
