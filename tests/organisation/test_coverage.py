"""Coverage computed in SQL against a plain reading of the same rules."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liren.access.actor import Actor, Grant, Kind, Permission
from liren.base import clock
from liren.base.errors import NotAllowed
from liren.organisation import coverage, queries
from liren.organisation.enums import Standing
from liren.organisation.models import Absence, Arrangement, Line, LineStep, Post, PostType, Term
from liren.people.models import Person
from liren.territory.codes import LENGTHS, child_code, prefixes
from liren.territory.enums import Level
from liren.territory.models import Place

pytestmark = pytest.mark.django_db
TRACK = {"changed_by": "test", "changed_why": "test"}
COMMUNITY = "990101001001"
LEVELS = [Level.COMMUNITY, Level.GRID, Level.BUILDING, Level.UNIT]
BY = Actor(
    kind=Kind.PERSON,
    name="person:test",
    grants=tuple(Grant(p, COMMUNITY) for p in (Permission.MATTER_VIEW, Permission.POST_EDIT)),
)


def place(code, level, closed):
    return Place.objects.create(
        code=code,
        level=level,
        name=code,
        full_name=code,
        community=COMMUNITY,
        closed_on=clock.today() if closed else None,
        **TRACK,
    )


def tree(draw):
    """A random tree of a community down to its units; some places are closed."""
    found = [place(COMMUNITY, Level.COMMUNITY, closed=False)]
    for level in LEVELS[1:]:
        above = [p for p in found if p.level == LEVELS[LEVELS.index(level) - 1]]
        for parent in above:
            for n in range(1, draw(st.integers(0, 2)) + 1):
                found.append(
                    place(child_code(parent.code, level, n), level, draw(st.booleans()) and n > 1)
                )
    return found


def line_of(draw):
    """A random line: some levels, nearest first, one or two types at a level."""
    line = Line.objects.create(community=COMMUNITY, code="test", name="线", **TRACK)
    order = 0
    for level in reversed(LEVELS):
        for n in range(draw(st.integers(0, 2))):
            kind, _made = PostType.objects.get_or_create(
                code=f"t_{level}_{n}", defaults={"name": "t", "level": level, **TRACK}
            )
            LineStep.objects.create(
                line=line,
                order=order,
                level=level,
                type=kind,
                everywhere=draw(st.sampled_from([True, True, False])),
            )
            order += 1
    return line


def people_it(draw, places, line, persons):
    today = clock.today()
    day = st.integers(-3, 3).map(lambda n: today + timedelta(days=n))
    types = {s.type for s in line.steps.all()}
    for one in places:
        for kind in sorted(types, key=lambda t: t.code):
            if kind.level != one.level:
                continue
            for _n in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
                Post.objects.create(
                    community=COMMUNITY,
                    place=one,
                    place_code=one.code,
                    type=kind,
                    title=f"{kind.code}@{one.code}",
                    closed_on=draw(st.sampled_from([None, None, None, today])),
                    **TRACK,
                )
    posts = list(Post.objects.order_by("pk"))
    for post in posts:
        if not draw(st.sampled_from([True, True, False])):
            continue
        starts = draw(day)
        term = Term.objects.create(
            community=COMMUNITY,
            post=post,
            person=draw(st.sampled_from(persons)),
            starts=starts,
            ends=draw(st.sampled_from([None, None, starts, starts + timedelta(days=1)])),
            **TRACK,
        )
        if draw(st.sampled_from([True, False, False])):
            first = draw(day)
            cover = draw(st.sampled_from([None, *posts]))
            Absence.objects.create(
                community=COMMUNITY,
                term=term,
                starts=first,
                ends=first + timedelta(days=2),
                cover=cover if cover != post else None,
                **TRACK,
            )
    for one in places:
        for kind in types:
            if kind.level == one.level and draw(st.sampled_from([True, False, False])):
                stand_in = draw(st.sampled_from([None, *posts]))
                Arrangement.objects.create(
                    community=COMMUNITY,
                    place=one,
                    place_code=one.code,
                    type=kind,
                    kind="stand_in" if stand_in else "not_needed",
                    post=stand_in,
                    until=draw(day) if stand_in else draw(st.sampled_from([None, today])),
                    reason="测试",
                    **TRACK,
                )


def running(post):
    today = clock.today()
    if post.closed_on is not None and post.closed_on <= today:
        return []
    return [t for t in post.terms.all() if t.starts <= today and (not t.ends or t.ends >= today)]


def away(term):
    today = clock.today()
    return [a for a in term.absences.all() if a.starts <= today <= a.ends]


def is_there(post):
    return any(not away(term) for term in running(post))


def is_answered(post):
    covers = [a.cover for term in running(post) for a in away(term) if a.cover]
    return is_there(post) or any(is_there(cover) for cover in covers)


def verdict(one, kind):
    """Say how a place stands on a step, as a person going through the files would."""
    today = clock.today()
    posts = [
        post
        for post in Post.objects.filter(place_code=one.code, type=kind)
        if post.closed_on is None or post.closed_on > today
    ]
    arranged = Arrangement.objects.filter(place=one, type=kind).first()
    if any(is_answered(post) for post in posts):
        return Standing.HELD
    if (
        arranged
        and arranged.kind == "not_needed"
        and (not arranged.until or arranged.until >= today)
    ):
        return Standing.NOT_NEEDED
    stands_in = arranged and arranged.kind == "stand_in" and arranged.until >= today
    if stands_in and is_answered(arranged.post):
        return Standing.STAND_IN
    if any(running(post) for post in posts):
        return Standing.AWAY
    if any(t.ends and t.ends < today for post in posts for t in post.terms.all()):
        return Standing.EXPIRED
    return Standing.VACANT if posts else Standing.NO_POST


def up_of(one, order, steps):
    """Return the posts of the nearest later step above that somebody answers for."""
    for step in steps:
        if step.order < order:
            continue
        found = {
            post.pk
            for post in Post.objects.filter(type=step.type, place_code__in=prefixes(one.code))
            if is_answered(post)
        }
        if found:
            return found
    return set()


def stood_in_for(one, steps):
    """Tell whether somebody there was arranged to stand in at the place or above it."""
    rows = Arrangement.objects.filter(
        kind="stand_in",
        until__gte=clock.today(),
        place_code__in=prefixes(one.code),
        type__in=[s.type for s in steps],
    )
    return any(is_answered(row.post) for row in rows)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_coverage_is_what_a_person_going_through_the_files_would_find(db, data):
    draw = data.draw
    for model in (Arrangement, Absence, Term, Post, LineStep):
        model.objects.filter().delete()
    Line.objects.filter(community=COMMUNITY).delete()
    Place.objects.filter(community=COMMUNITY).delete()
    persons = [
        Person.objects.get_or_create(
            name=name, community=COMMUNITY, defaults={"synthetic": True, **TRACK}
        )[0]
        for name in ("甲", "乙", "丙")
    ]
    places, line = tree(draw), line_of(draw)
    people_it(draw, places, line, persons)
    steps = list(line.steps.all())
    scope = draw(st.sampled_from(places)).code
    inside = [p for p in places if p.code.startswith(scope) and p.closed_on is None]
    expected = {
        (p.code, s.order): verdict(p, s.type)
        for s in steps
        if s.everywhere
        for p in inside
        if p.level == s.level
    }

    listed = coverage.gaps(by=BY, line=line, code=scope, standings=tuple(Standing))
    assert {(g.code, g.order): g.standing for g in listed} == expected
    at = {p.code: p for p in places}
    for gap in listed:
        possible = up_of(at[gap.code], gap.order, steps)
        assert (gap.up in possible) if possible else (gap.up is None)

    # Nobody is left without: wherever anybody answers on the line above, somebody does here.
    for one in inside:
        expected_here = bool(up_of(one, 0, steps)) or stood_in_for(one, steps)
        assert bool(queries.holders_up(line.pk, one.code)) == expected_here, one.code

    total = {}
    for count in coverage.counts(by=BY, line=line, code=scope):
        total[(count.order, count.standing)] = count.places
    plain = {}
    for (_code, order), standing in expected.items():
        plain[(order, standing)] = plain.get((order, standing), 0) + 1
    assert total == plain
    counted, missing = coverage.survey(by=BY, line=line, code=scope)
    assert {(c.order, c.standing): c.places for c in counted} == plain
    assert missing == coverage.gaps(by=BY, line=line, code=scope)

    doubled = {
        (p.code, s.type_id)
        for s in steps
        if s.everywhere
        for p in inside
        if p.level == s.level
        and p.level != Level.COMMUNITY
        and sum(bool(running(x)) for x in Post.objects.filter(place_code=p.code, type=s.type)) > 1
    }
    overlaps, burdened = coverage.strains(by=BY, line=line, code=scope)
    assert {(o.code, o.type) for o in overlaps} == doubled

    types = {s.type_id for s in steps}
    holds = {}
    for post in Post.objects.filter(type__in=types, place_code__startswith=scope):
        for term in running(post):
            holds[term.person_id] = holds.get(term.person_id, 0) + 1
    many = {person for person, n in holds.items() if n > line.most_posts}
    assert {b.person for b in burdened} == many


def test_no_place_of_the_demonstration_is_without_somebody(demo):
    """The rule "falls upward": wherever a holder is missing, the next above answers."""
    for one in Place.objects.filter(level__in=["unit", "household"]):
        assert queries.holders_up("three_leaders", one.code)
    line = queries.line_for(demo.community.code, "three_leaders")
    by = queries.actor_for(demo.accounts["secretary"].person_id, home=demo.community.code)
    Term.objects.filter(post=demo.posts["unit"]).delete()
    found = coverage.gaps(by=by, line=line, code=demo.community.code)
    assert demo.unit.code in {g.code for g in found}
    assert all(g.up is not None for g in found)


@pytest.mark.parametrize("many", [1, 3])
def test_each_answer_is_one_statement(demo, many):
    line = queries.line_for(demo.community.code, "three_leaders")
    by = queries.actor_for(demo.accounts["secretary"].person_id, home=demo.community.code)
    Term.objects.filter(post__in=Post.objects.filter(type="unit_leader")[:many]).delete()
    for ask in (coverage.counts, coverage.gaps, coverage.survey, coverage.strains):
        with CaptureQueriesContext(connection) as seen:
            ask(by=by, line=line, code=demo.community.code)
        assert len(seen) == 1


def test_only_who_looks_after_a_place_sees_its_coverage(demo, actor):
    line = queries.line_for(demo.community.code, "three_leaders")
    for role, code in (
        ("resident", demo.community.code),
        ("unit", demo.community.code),
        ("secretary", demo.community.code[: LENGTHS[Level.SUBDISTRICT]]),
    ):
        for ask in (coverage.counts, coverage.gaps, coverage.survey, coverage.strains):
            with pytest.raises(NotAllowed):
                ask(by=actor(role), line=line, code=code)
