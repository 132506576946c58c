"""Who answers for a place: one statement against a plain reading of the same rules."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liren.base import clock
from liren.demo.community import COMMUNITY
from liren.organisation import queries
from liren.organisation.models import Absence, Arrangement, LineStep, Post, Term
from liren.people.models import Person
from liren.territory.codes import prefixes
from liren.territory.models import Place

pytestmark = pytest.mark.django_db
TRACK = {"changed_by": "test", "changed_why": "test"}
LINE = "three_leaders"


def oracle(code):
    """Walk the line as a person would: nearest step first, the cover of whoever is away."""
    today = clock.today()

    def sitting(post):
        if post.closed_on is not None and post.closed_on <= today:
            return []
        terms = Term.objects.filter(post=post, starts__lte=today)
        return [t for t in terms if t.ends is None or t.ends >= today]

    def absence(term):
        days = Absence.objects.filter(term=term, starts__lte=today, ends__gte=today)
        return sorted(days, key=lambda a: a.cover_id is None)[:1]

    found = {}
    for step in LineStep.objects.filter(line__code=LINE, line__community="").order_by("order"):
        posts = Post.objects.filter(type=step.type, place_code__in=prefixes(code))
        named = []

        def answers(post):
            """Whoever sits on a post and is there, else whoever covers for them."""
            rows = []
            for term in sitting(post):
                away = absence(term)
                if not away:
                    rows.append((len(post.place_code), post.pk, term.person_id))
                elif away[0].cover_id:
                    cover = away[0].cover
                    rows += [
                        (len(cover.place_code), cover.pk, stand_in.person_id)
                        for stand_in in sitting(cover)
                        if not absence(stand_in)
                    ]
            return rows

        for place in prefixes(code):
            own = [row for post in posts if post.place_code == place for row in answers(post)]
            if not own:
                arranged = Arrangement.objects.filter(
                    place_code=place, type=step.type, kind="stand_in", until__gte=today
                )
                own = [row for one in arranged for row in answers(one.post)]
            named += own
        for _length, post, person in sorted(named, key=lambda n: -n[0]):
            found.setdefault(post, set()).add(person)
    return found


def shown(code):
    return {h.post: {seat.person for seat in h.seats} for h in queries.holders_up(LINE, code)}


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_holders_up_is_the_walk_a_person_would_make(demo, data):
    today = clock.today()
    units = list(Place.objects.filter(level="unit").order_by("code"))
    line = list(LineStep.objects.filter(line__code=LINE).values_list("type", flat=True))
    posts = list(Post.objects.filter(type__in=line).order_by("place_code", "pk"))
    persons = list(Person.objects.order_by("pk")[:6])
    Absence.objects.all().delete()
    Term.objects.filter(post__in=posts).delete()
    day = st.integers(-3, 3).map(lambda n: today + timedelta(days=n))
    for post in posts:
        Post.objects.filter(pk=post.pk).update(
            closed_on=data.draw(st.sampled_from([None, None, None, today]))
        )
        if not data.draw(st.booleans()):
            continue
        starts = data.draw(day)
        ends = data.draw(st.sampled_from([None, starts, starts + timedelta(days=2)]))
        term = Term.objects.create(
            community=post.community,
            post=post,
            person=data.draw(st.sampled_from(persons)),
            starts=starts,
            ends=ends,
            **TRACK,
        )
        if data.draw(st.booleans()):
            first = data.draw(day)
            cover = data.draw(st.sampled_from([None, *posts]))
            Absence.objects.create(
                community=post.community,
                term=term,
                starts=first,
                ends=first + timedelta(days=1),
                cover=cover if cover != post else None,
                **TRACK,
            )
    Arrangement.objects.all().delete()
    for unit in units[:4]:
        Arrangement.objects.create(
            community=unit.community,
            place=unit,
            place_code=unit.code,
            type_id="unit_leader",
            kind="stand_in",
            post=data.draw(st.sampled_from(posts)),
            until=data.draw(day),
            reason="测试",
            **TRACK,
        )
    for unit in units:
        assert shown(unit.code) == oracle(unit.code)


def test_nearest_first_and_everybody_below_is_left_out_above(demo):
    found = queries.holders_up(LINE, demo.unit.code)
    lengths = [len(h.place_code) for h in found]
    assert lengths == sorted(lengths, reverse=True)
    assert [h.type for h in found][:3] == ["unit_leader", "building_leader", "grid_leader"]
    above = queries.holders_up(LINE, demo.unit.code, above=demo.unit.code)
    assert "unit_leader" not in {h.type for h in above}
    grid = queries.holders_up(LINE, demo.unit.code, from_level="grid")
    assert {h.type for h in grid}.isdisjoint({"unit_leader", "building_leader"})


def test_who_is_to_be_skipped_is_neither_holder_nor_cover(demo):
    unit, building = demo.posts["unit"], demo.posts["building"]
    today = clock.today()
    Absence.objects.create(
        community=COMMUNITY,
        term=unit.terms.get(),
        starts=today,
        ends=today,
        cover=building,
        **TRACK,
    )
    first = queries.holders_up(LINE, demo.unit.code)[0]
    assert (first.post, first.asked, first.covering) == (building.pk, unit.pk, True)
    person = building.terms.get().person_id
    for skip in ({"skip_persons": [person]}, {"skip_posts": [building.pk]}):
        kept = queries.holders_up(LINE, demo.unit.code, **skip)
        assert building.pk not in {h.post for h in kept}
        assert person not in {seat.person for h in kept for seat in h.seats}


def test_unanswered_agrees_with_the_walk(demo):
    unit, building = demo.posts["unit"], demo.posts["building"]
    today = clock.today()
    assert queries.unanswered([unit.pk, building.pk]) == set()
    away = Absence.objects.create(
        community=COMMUNITY, term=unit.terms.get(), starts=today, ends=today, **TRACK
    )
    assert queries.unanswered([unit.pk, building.pk]) == {unit.pk}
    Absence.objects.filter(pk=away.pk).update(cover=building)
    assert queries.unanswered([unit.pk]) == set()
    Term.objects.filter(post=building).update(starts=today - timedelta(days=9), ends=None)
    Absence.objects.create(
        community=COMMUNITY, term=building.terms.get(), starts=today, ends=today, **TRACK
    )
    assert queries.unanswered([unit.pk]) == {unit.pk}  # the cover is away as well


@pytest.mark.parametrize("many", [1, 3])
def test_statements_do_not_grow(demo, many):
    posts = list(Post.objects.order_by("pk").values_list("pk", flat=True)[:many])
    for ask, limit in (
        (lambda: queries.holders_up(LINE, demo.unit.code), 1),
        (lambda: queries.unanswered(posts), 3),
        (lambda: queries.actor_for(demo.accounts["unit"].person_id), 2),
    ):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            ask()
        assert len(seen) <= limit
