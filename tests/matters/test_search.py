"""Search finds exactly what ``base.text.contains`` would find, for whoever may see it."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liren.access import rls
from liren.base.text import contains
from liren.demo.community import COMMUNITY
from liren.matters import actions, desk, search
from liren.matters.actions import Report
from liren.matters.models import Matter

pytestmark = pytest.mark.django_db

# Few characters, so that parts repeat; some that fold, some that part runs, one beyond the BMP.
WORDS = st.text(st.sampled_from("水管漏道灯水管灯坏AaＢ3３ ，!é①ß𠮷ﬁ'\\"), max_size=16)
ONE_STATEMENT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def finds(text: str, words: str) -> bool:
    asked = search.query(words)
    if not asked:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [search.vector(text), asked])
        return bool(cursor.fetchone()[0])


@ONE_STATEMENT
@given(text=WORDS, words=WORDS)
def test_it_finds_what_a_comparison_letter_by_letter_finds(db, text, words):
    assert finds(text, words) is contains(text, words)


@ONE_STATEMENT
@given(before=WORDS, words=WORDS, after=WORDS)
def test_it_finds_a_text_by_any_part_of_it(db, before, words, after):
    text = before + words + after
    assert finds(text, words) is contains(text, words)


@ONE_STATEMENT
@given(text=st.text(max_size=60), words=st.text(max_size=4))
def test_any_text_can_be_kept_and_looked_for(db, text, words):
    assert finds(text, words) is contains(text, words)


def test_neighbours_are_asked_for_and_not_only_both():
    assert not finds("水管，管道", "水管道")
    assert finds("水管道漏水", "管道漏")
    assert finds("三楼的灯", "灯")
    assert finds("电灯坏", "灯")
    assert finds("三楼 电灯", "电灯 三楼")


def test_a_long_text_is_kept_whole(demo, actor):
    text = "水管漏" * 660
    matter = report(demo, actor, text)
    assert found("漏水管") == {matter.pk}


def report(demo, actor, text, place=None):
    by = actor("resident")
    need = Report(place=place or demo.unit, text=text, reporter=by.person)
    return actions.report(by=by, need=need).matter


def found(words, code=""):
    return set(
        search.find(Matter.objects.all(), words, code=code).rows.values_list("pk", flat=True)
    )


def test_a_report_is_found_by_its_words_at_once(demo, actor):
    light, pipe = report(demo, actor, "三楼楼道灯不亮"), report(demo, actor, "水管漏水，楼道里都是")
    assert found("楼道") == {light.pk, pipe.pk}
    assert found("楼道灯") == {light.pk}
    assert found("水") == {pipe.pk}
    assert found("，") == set()
    assert found("楼道", code="2201") == {light.pk, pipe.pk}
    assert found("楼道", code="2202") == set()


def test_frequent_words_give_the_same_rows_another_way(demo, actor, monkeypatch):
    rows = {report(demo, actor, f"{n}楼的灯坏了").pk for n in range(5)}
    report(demo, actor, "水管漏水")
    few = search.find(Matter.objects.all(), "灯坏")
    monkeypatch.setattr(search, "FREQUENT", 3)
    many = search.find(Matter.objects.all(), "灯坏")
    assert (few.many, many.many) == (False, True)
    assert set(few.rows.values_list("pk", flat=True)) == rows
    assert set(many.rows.values_list("pk", flat=True)) == rows


def test_words_in_very_many_matters_are_not_counted_one_by_one(demo, actor, monkeypatch):
    for n in range(5):
        report(demo, actor, f"{n}楼的灯坏了")
    worker = actor("worker")
    assert desk.page(worker, desk.Criteria(words="灯坏")).count == 5
    monkeypatch.setattr(search, "FREQUENT", 3)
    assert desk.page(worker, desk.Criteria(words="灯坏")).count == desk.MANY + 1
    assert desk.page(worker, desk.Criteria(words="灯坏", status="open")).count == 5
    assert desk.page(worker, desk.Criteria(words="灯坏"), sort="due").count == 5


@pytest.mark.parametrize("frequent", [0, 5_000])
def test_the_policy_bounds_the_search(demo, actor, monkeypatch, frequent):
    monkeypatch.setattr(search, "FREQUENT", frequent)
    matter = report(demo, actor, "三楼楼道灯不亮")
    for low, high, seen in (
        (COMMUNITY, COMMUNITY + ":", True),
        (COMMUNITY + "002", COMMUNITY + "002:", False),
        ("220103008004", "220103008004:", False),
        ("", "", False),
    ):
        with transaction.atomic(), rls.scope(low, high):
            assert (matter.pk in found("楼道灯")) is seen
            # The function itself keeps to the range, whatever range it is given.
            with connection.cursor() as cursor:
                cursor.execute("SELECT matters_with_words('''楼道'''::tsquery, '', ':', 10)")
                assert bool(cursor.fetchall()) is seen


def test_similar_matters_share_words_nearby(demo, actor):
    from liren.base.text import bigrams
    from liren.matters import queries

    light = report(demo, actor, "三楼楼道灯不亮，晚上摸黑")
    report(demo, actor, "水管漏水")
    found = queries.similar(actor("resident"), demo.unit.code, bigrams("楼道灯不亮了"))
    assert [m.pk for m in found] == [light.pk]
