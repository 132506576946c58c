"""Figures of a quarter: true, with what they leave out, small numbers kept, never of people."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from liren.access.actor import Grant, Permission
from liren.base import clock
from liren.matters import actions, figures
from liren.matters.figures import Quarter
from liren.matters.models import Matter
from liren.territory.models import Place

pytestmark = pytest.mark.django_db
URL, SHEET = "office:figures", "office:figures_sheet"


@pytest.fixture
def many(need, demo):
    """Report one need and copy it: (count, key of the kind, changes) → matters."""

    def make(count, *, key="upkeep.light", **changes):
        first = need(key=key)
        Matter.objects.filter(pk=first.pk).update(**changes)
        first.refresh_from_db()
        copies = []
        for number in range(count - 1):
            copy = Matter.objects.get(pk=first.pk)
            copy.pk = Matter._meta.pk.default()
            copy.number = f"{first.number}-{number}"
            copy.once = None
            copies.append(copy)
        Matter.objects.bulk_create(copies)

    return make


SOLVED = {
    "status": "closed",
    "ending": "solved",
    "solved": True,
    "satisfied": "yes",
    "accepted_at": timezone.now(),
    "closed_at": timezone.now(),
}
NOT = {"status": "handling", "solved": False, "satisfied": "no", "accepted_at": timezone.now()}


def test_rates_say_their_denominators_and_what_they_leave_out(desk, many, actor):
    many(12, **SOLVED)
    many(8, key="cleaning.rubbish", **NOT)
    many(6, **{**SOLVED, "ending": "outside", "solved": None, "satisfied": ""})
    many(5, status="closed", ending="withdrawn")
    found = figures.figures(actor("worker"), figures.quarters()[0])
    assert found.whole.reported == 31
    assert found.whole.pairs["solved"] == (12, 20)
    assert found.whole.rate("solved").percent == 60
    assert found.left["solved"].named == {"outside": 6, "withdrawn": 5}
    assert {line.key: line.pairs["solved"] for line in found.kinds} == {
        "cleaning": (0, 8),
        "upkeep": (12, 12),
    }
    page = desk("worker").get(reverse(URL))
    assert "60%" in page.text


def test_g10_a_community_is_cut_only_for_who_answers_for_all_of_it(many, actor, demo):
    many(12, **SOLVED)
    worker = actor("worker")
    grid = demo.unit.code[:15]
    part = replace(
        worker,
        grants=tuple(
            replace(one, code=grid) if one.permission == Permission.MATTER_DISPATCH else one
            for one in worker.grants
        ),
    )
    both = replace(part, grants=(*part.grants, Grant(Permission.MATTER_DISPATCH, "220103008004")))
    quarter = figures.quarters()[0]
    assert figures.figures(worker, quarter).whole.reported == 12
    for reader in (part, both):
        assert not figures.figures(reader, quarter).whole.reported
        assert not figures.figures(reader, quarter, grid).whole.reported


def test_for_every_rate_nothing_is_missing_and_nothing_counted_twice(many, actor):
    ended = {**SOLVED, "solved": None, "satisfied": "", "accepted_at": None}
    many(2, **SOLVED)
    many(2, **NOT)
    for ending in ("outside", "explained", "unreachable", "withdrawn", "merged"):
        many(1, **{**ended, "ending": ending})
    many(1, origin="root")
    many(1, origin="root", status="closed", ending="withdrawn")
    many(1)
    many(1, accept_by=clock.now() - timedelta(days=1))
    many(1, **{**ended, "ending": "explained", "solved": True})
    rows = figures.reported(actor("worker"), figures.quarters()[0])
    named = figures.parts(clock.now())
    for name, pair in figures.INDICATORS.items():
        sets = [
            set(rows.filter(named[one]).values_list("pk", flat=True))
            for one in (*pair, *figures.EXCLUDED[name])
        ]
        assert sum(map(len, sets)) == len(set().union(*sets)) == rows.count() == 14, name


def test_every_figure_opens_its_list(desk, many):
    many(12, **SOLVED)
    many(7, key="cleaning.rubbish", **NOT)
    many(5, key=None, **NOT)
    client = desk("worker")
    page = client.get(reverse(URL))
    opened = 0
    for _title, _head, rows in page.context["tables"]:
        for row in rows:
            assert client.get(row["url"]).context["page"].count == row["reported"]
            for pair in row["pairs"]:
                assert client.get(pair["yes_url"]).context["page"].count == pair["yes"]
                assert client.get(pair["whole_url"]).context["page"].count == pair["whole"]
                opened += 1
    for tile in page.context["tiles"]:
        assert client.get(tile["whole_url"]).context["page"].count == tile["whole"]
    assert opened >= 6


def test_the_sheets_carry_what_the_page_shows_and_not_a_number_more(desk, many):
    many(30, **SOLVED)
    many(3, key="supply.heating", **NOT)
    many(9, key="cleaning.rubbish", **NOT)
    client = desk("worker")
    text = client.get(reverse(SHEET), {"as": "csv"})
    assert text["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(text.text.removeprefix("\ufeff"))))
    said = {cell for row in rows for cell in row}
    assert {"30", "12", "71"} <= said  # solved, hidden kinds together, percent
    assert not {"3", "9", "2"} & said
    book = client.get(reverse(SHEET))
    assert book.content[:2] == b"PK"
    sheet = CalamineWorkbook.from_object(io.BytesIO(book.content)).get_sheet_by_index(0)
    again = [[str(int(c) if isinstance(c, float) else c) for c in row] for row in sheet.to_python()]
    assert {cell for row in again for cell in row} == said


def test_a_formula_in_a_name_stays_a_text(desk, many, demo):
    many(6, **SOLVED)
    Place.objects.filter(code=demo.unit.code[:15]).update(name="=1+1")
    assert "'=1+1" in desk("worker").get(reverse(SHEET), {"as": "csv"}).text


def test_a_grid_has_its_line_and_the_address_keeps_the_place(desk, many, demo):
    many(12, **SOLVED)
    client = desk("worker")
    page = client.get(reverse(URL), {"place": demo.unit.code[:15]})
    assert page.context["reported"] == 12
    assert page.context["tables"] == []
    assert [tile["yes"] for tile in page.context["tiles"]] == [12, 12, 12]


def test_a_subdistrict_reads_sums_of_its_communities(desk, many):
    many(12, **SOLVED)
    Matter.objects.update(accept_by=clock.now() + timedelta(days=1))
    page = desk("officer").get(reverse(URL))
    assert page.context["reported"] == 12


def test_nobody_reads_figures_of_another_place(desk, many):
    many(12, **SOLVED)
    client = desk("worker")
    plain = client.get(reverse(URL)).context["tiles"]
    for place in ("220103", "220103008", "110101001001", "x", "220103008003001001"):
        assert client.get(reverse(URL), {"place": place}).context["tiles"] == plain


def test_g2_no_figure_is_of_a_person_or_a_post(desk, many):
    many(12, **SOLVED)
    page = desk("officer").get(reverse(URL))
    titles = {m.holder.title for m in Matter.objects.select_related("holder")}
    assert not any(title in page.text for title in titles)


def test_as_many_statements_however_many_kinds(desk, many, django_assert_max_num_queries):
    many(3, **SOLVED)
    client = desk("worker")
    client.get(reverse(URL))
    with django_assert_max_num_queries(20):
        client.get(reverse(URL))
    many(3, key="cleaning.rubbish", **SOLVED)
    with django_assert_max_num_queries(20):
        client.get(reverse(URL))


def test_written_down_answers_are_said_apart(demo, actor):
    from liren.matters.actions import Report
    from liren.matters.enums import Origin

    worker = actor("worker")
    for number in range(10):
        matter = actions.report(
            by=worker,
            need=Report(place=demo.unit, text=f"灯坏 {number}", origin=Origin.PHONE),
        ).matter
        actions.handle(by=worker, matter=matter.pk, words="换了")
        actions.verify(by=worker, matter=matter.pk, done=True)
        actions.heard(by=worker, matter=matter.pk, solved=True, words="好了", how="phone")
    found = figures.figures(worker, figures.quarters()[0])
    assert found.whole.pairs["solved"] == (10, 10)
    assert found.heard == 10


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
@settings(max_examples=50)
def test_quarters_follow_each_other_without_gap(day):
    found = figures.quarters(day)
    assert found[0].first <= day <= found[0].last
    for later, earlier in pairwise(found):
        assert earlier.last + timedelta(days=1) == later.first
        assert earlier.following() == later
    assert Quarter(2026, 1).before() == Quarter(2025, 4)
