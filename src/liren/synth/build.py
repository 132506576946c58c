"""Make a synthetic place and load it: one transaction, all of it or nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import connection

from liren.base.errors import Refused
from liren.territory.models import Place

from . import casebook, shape
from .copying import Load, loading
from .ground import BY, Ground, Options

DAYS = 730
Tell = Callable[[str], None]


class Occupied(Refused):
    """The place to make is there already."""


@dataclass(frozen=True, slots=True)
class Made:
    """How much was made; ``digest`` is the same for the same seed, date, scale and version."""

    rows: dict[str, int]
    digest: str


def root(scale: str) -> str:
    """Return the code below which a scale makes its places."""
    return {
        "community": shape.COMMUNITY[0],
        "subdistrict": shape.SUBDISTRICT[0],
        "district": shape.COUNTIES[0][0],
        "city": shape.CITY[0],
    }[scale]


def build(options: Options, *, matters: int = 0, days: int = DAYS, tell: Tell = print) -> Made:
    """Make the ground and ``matters`` matters of the last ``days`` days.

    Promises: one transaction; every row marked synthetic where the table has the mark, and changed
    by ``system:synth``; the same options give the same bytes. Refuses (``Occupied``) where places
    below the scale's root exist already. Needs the tables' owner.
    """
    below = root(options.scale)
    if Place.objects.filter(code__gt=below, code__lt=below + ":").exists():
        raise Occupied(f"There are places below {below} already; nothing was changed.")
    known = {
        code: identity.hex
        for code, identity in Place.objects.filter(
            code__lt="99", community__endswith="000"
        ).values_list("code", "id")
    } | {
        code: identity.hex
        for code, identity in Place.objects.filter(code=shape.COMMUNITY[0]).values_list(
            "code", "id"
        )
    }
    ground = Ground(options, known)
    tables = ground.tables()
    kinds = casebook.kinds()
    why = f"synthetic {options.scale}, seed {options.seed}, {options.today}, {matters} matters"
    # The casebook's tables are needed before its communities are known.
    empty = casebook.Casebook([], kinds, seed=0, today=options.today, days=days)
    every = [*tables, *(empty.tables() if matters else [])]
    with loading(every, actor=BY, why=why) as load:
        tell("places …")
        load.copy(ground.place, ground.places())
        for table in tables[1:]:
            load.copy(table, ground.rows.pop(table.name))
        if matters:
            _matters(ground, kinds, options, matters, days, load, tell)
        tell("keys and indexes …")
    tell("statistics …")
    with connection.cursor() as cursor:
        names = ", ".join(f'"{table.name}"' for table in every)
        cursor.execute(f"{_vacuum()} {names}")
    return Made({name: done.rows for name, done in load.tables.items()}, load.digest())


def _vacuum() -> str:
    # VACUUM marks pages all-visible for index-only scans; inside a test's transaction it cannot.
    return "ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"


def _matters(
    ground: Ground,
    kinds: list[casebook.Kind],
    options: Options,
    count: int,
    days: int,
    load: Load,
    tell: Tell,
) -> None:
    book = casebook.Casebook(
        ground.communities, kinds, seed=options.seed, today=options.today, days=days
    )
    tables = book.tables()

    def copied(batch: dict[str, list[str]]) -> int:
        for table in tables:
            load.copy(table, batch[table.name])
        return len(batch[book.matter.name])

    # PostgreSQL takes one batch in while the next is made.
    with ThreadPoolExecutor(1) as copier:
        done, pending = 0, None
        for batch in book.batches(count):
            if pending is not None:
                done += pending.result()
                tell(f"matters {done:,} of {count:,}")
            pending = copier.submit(copied, batch)
        if pending is not None:
            tell(f"matters {done + pending.result():,} of {count:,}")
    with connection.cursor() as cursor:
        # The next real number follows; the serial wraps at a million within one day only.
        cursor.execute(
            "SELECT setval('matter_serial', greatest(%s, last_value)) FROM matter_serial", [count]
        )
