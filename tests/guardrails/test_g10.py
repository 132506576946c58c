"""G10: small cells are suppressed on office pages too, with protection against differencing."""

import csv
import io
import random
from itertools import chain, combinations, pairwise

import pytest
from django.urls import reverse

from liren.base import clock
from liren.demo import community as demo_community
from liren.matters import actions, desk, figures
from liren.matters.actions import Report
from liren.matters.models import Category, Matter
from liren.organisation.queries import actor_for
from liren.territory.models import Place

pytestmark = pytest.mark.django_db
K = figures.K
KINDS = ("upkeep.light", "cleaning.rubbish", "supply.heating", "order.parking", "neighbours.care")


@pytest.fixture
def town(db):
    """Five grids with an entrance each."""
    return demo_community.build(grids=5, buildings=1, units=1, households=1)


@pytest.fixture
def page(client, town):
    """Open the figures as a demonstration role."""

    signed_in = []

    def look(role="worker", **query):
        if signed_in[-1:] != [role]:
            client.force_login(town.accounts[role])
            signed_in.append(role)
        return client.get(reverse("office:figures"), query)

    return look


@pytest.fixture
def fill(town):
    """Report at random, unevenly: some cells of every table are small."""

    def make(seed, count=160):
        chance = random.Random(seed)
        worker = actor_for(town.accounts["worker"].person_id, home=town.community.code)
        first = actions.report(by=worker, need=Report(place=town.unit, text="灯坏了")).matter
        units = list(Place.objects.filter(level="unit").order_by("code"))
        kinds = list(Category.objects.filter(key__in=KINDS, current=True))
        times = [one.first for one in figures.quarters()[:3]]
        made = []
        for number in range(count):
            one = Matter.objects.get(pk=first.pk)
            one.pk, one.number, one.once = Matter._meta.pk.default(), f"t{number}", None
            one.place = units[min(chance.randrange(5), chance.randrange(5))]
            one.place_code = one.place.code
            one.category = kinds[min(chance.randrange(5), chance.randrange(5))]
            day = chance.choice(times)
            one.reported_at = clock.now().replace(year=day.year, month=day.month, day=2)
            one.accepted_at = one.reported_at if chance.random() < 0.9 else None
            one.accept_by = one.reported_at
            one.solved = chance.choice([True, True, True, True, False, None])
            one.satisfied = chance.choice(["yes", "yes", "yes", "soso", "no", ""])
            one.status, one.ending = "closed", chance.choice(["solved"] * 8 + ["outside", "merged"])
            one.closed_at = one.reported_at
            made.append(one)
        Matter.objects.filter(pk=first.pk).update(shielded=True)  # a pattern, not a case
        Matter.objects.bulk_create(made)

    return make


def queries(town):
    """Every address the filters can make."""
    grids = Place.objects.filter(level="grid").values_list("code", flat=True)
    for quarter in figures.quarters()[:3]:
        for place in ("", *grids):
            yield {"quarter": quarter.key, "place": place}


def numbers(context):
    """Every number of a page, with what it counts: (yes, no) pairs and single counts."""
    if context["reported"] is not None:
        yield context["reported"]
    for tile in context["tiles"]:
        if tile["shown"]:
            yield from (tile["yes"], tile["whole"] - tile["yes"])
        yield from (count for _what, count in tile["left"])
        yield from (tile["others"] or 0, tile["heard"] or 0)
    for _title, _head, rows in context["tables"]:
        for row in rows:
            if row["reported"] is not None:
                yield row["reported"]
            for pair in row["pairs"]:
                if pair["shown"]:
                    yield from (pair["yes"], pair["whole"] - pair["yes"])


def small(count):
    return 0 < count < K


@pytest.mark.parametrize("seed", range(2))
def test_no_filter_shows_a_small_number(town, page, fill, seed):
    fill(seed)
    answers = [page(**query) for query in queries(town)]
    told = [number for answer in answers for number in numbers(answer.context)]
    assert len(told) > 200
    assert not [number for number in told if small(number)]
    assert any(answer.context["suppressed"] for answer in answers), "nothing small was there"


@pytest.mark.parametrize("seed", range(2))
def test_a_and_b_minus_a_tells_no_small_number(town, page, fill, seed):
    """The attack: a place and its parts, each asked for alone, subtracted in every way."""
    fill(seed)
    attacks = 0
    for quarter in figures.quarters()[:3]:
        whole = page(quarter=quarter.key).context
        grids = Place.objects.filter(level="grid").values_list("code", flat=True)
        alone = [page(quarter=quarter.key, place=code).context for code in grids]
        for index, tile in enumerate(whole["tiles"]):
            if not tile["shown"]:
                assert not any(one["tiles"][index]["whole"] for one in alone)
                continue
            parts = [one["tiles"][index] for one in alone if one["tiles"][index]["shown"]]
            sets = chain.from_iterable(combinations(parts, n) for n in range(1, len(parts) + 1))
            for chosen in sets:
                yes = tile["yes"] - sum(one["yes"] for one in chosen)
                no = tile["whole"] - sum(one["whole"] for one in chosen) - yes
                assert not small(yes)
                assert not small(no)
                attacks += 1
        reported = [one["reported"] for one in alone if one["reported"] is not None]
        if whole["reported"] is not None:
            assert not small(whole["reported"] - sum(reported))
    assert attacks > 10


@pytest.mark.parametrize(
    "tried",
    [
        {"since": "2026-01-02"},
        {"until": "2026-10-02", "since": "2026-10-01"},
        {"quarter": ["2026-4", "2026-3"]},
        {"quarter": "2026"},
        {"quarter": "2026-10"},
        {"month": "2026-10"},
        {"category": "upkeep.light"},
        {"place": "220103008003001001"},
        {"place": ["220103008003001", "220103008003"]},
        {"compound": "1"},
    ],
)
def test_filters_that_overlap_cannot_be_asked_for(town, page, fill, tried):
    """Whatever is tried, the answer is one of the known ones: a quarter of a place of the tree."""
    fill(1)
    known = [list(numbers(page(**query).context)) for query in queries(town)]
    assert list(numbers(page(**tried).context)) in known


def test_quarters_do_not_overlap():
    known = sorted(figures.quarters())
    assert all(one.last < other.first for one, other in pairwise(known))


def test_the_list_behind_a_figure_takes_no_further_filter(client, town, page, fill):
    fill(2)
    tile = page(quarter=figures.quarters()[1].key).context["tiles"][2]
    for tried in ("", "&place=220103008003001", "&status=closed&since=2026-09-01", "&q=灯"):
        assert client.get(tile["yes_url"] + tried).context["page"].count == tile["yes"]


def test_nobody_makes_up_the_list_of_a_number_that_is_not_shown(client, town, page, fill):
    fill(3)
    page()
    everything = client.get(reverse("matters_office:list")).context["page"].count
    quarter = figures.quarters()[1].key
    for forged in (f'["satisfied_no","{quarter}","{town.community.code}",null,null]', "x"):
        there = client.get(reverse("matters_office:list"), {"figure": forged})
        assert there.context["page"].count == everything  # as without it


def test_a_subdistrict_adds_up_what_its_communities_tell(town, page, fill):
    fill(1)
    for quarter in figures.quarters()[:3]:
        community = page("worker", quarter=quarter.key).context
        above = page("officer", quarter=quarter.key).context
        for mine, theirs in zip(community["tiles"], above["tiles"], strict=True):
            assert (mine["yes"], mine["whole"]) == (theirs["yes"], theirs["whole"])
        assert not [number for number in numbers(above) if small(number)]


def test_the_sheet_tells_not_a_number_more(client, town, page, fill):
    fill(0)
    page()
    for query in queries(town):
        answer = client.get(reverse("office:figures_sheet"), {**query, "as": "csv"})
        rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
        counts = {int(cell) for row in rows for cell in row if cell.isdigit()}
        assert not [count for count in counts if small(count)]


# -- what is kept from a reader is not told by a number ----------------------------------------


@pytest.fixture
def complained(town):
    """Somebody complains about the worker; the worker's desk must not count it."""

    def report():
        by = actor_for(town.accounts["resident"].person_id, home=town.community.code)
        need = Report(
            place=town.unit,
            text="社区工作者推诿，说了三次没人管",
            reporter=by.person,
            about_posts=(town.posts["worker"].pk,),
        )
        return actions.report(by=by, need=need).matter

    return report


def test_no_count_of_the_desk_tells_the_complained_of(client, town, fill, complained):
    fill(1, count=30)
    client.force_login(town.accounts["worker"])

    def counts():
        board = client.get(reverse("office:board")).context["columns"]
        listed = client.get(reverse("matters_office:list"), {"status": "open"})
        drawn = client.get(reverse("matters_office:map"))
        told = client.get(reverse("office:figures"))
        return (
            [column["count"] for column in board],
            listed.context["page"].count,
            drawn.context["total"],
            list(numbers(told.context)),
        )

    before = counts()
    complained()
    assert counts() == before


def test_figures_are_the_same_for_every_reader(town, page, fill, complained):
    fill(1)
    complained()
    read = [
        [list(numbers(page(role, **query).context)) for query in queries(town)]
        for role in ("worker", "secretary")
    ]
    assert read[0] == read[1]


def test_the_desk_counts_only_what_its_reader_may_open(town, fill, complained):
    fill(1, count=20)
    matter = complained()
    worker = actor_for(town.accounts["worker"].person_id, home=town.community.code)
    assert not desk.mine(worker).filter(pk=matter.pk).exists()
    assert desk.page(worker, desk.Criteria()).count == desk.mine(worker).count()
