"""Lines, posts, arrangements, workplaces, hand-overs: what they promise and what they refuse."""

from datetime import timedelta

import pytest

from liren.base import clock
from liren.base.errors import Invalid, NotAllowed, NotFound
from liren.demo.community import COMMUNITY
from liren.organisation import actions, coverage, queries
from liren.organisation.actions import Step
from liren.organisation.enums import Standing
from liren.organisation.models import Arrangement, LineStep, Post, PostType, Term
from liren.people.models import Person
from liren.territory.models import Place

pytestmark = pytest.mark.django_db
TRACK = {"changed_by": "test", "changed_why": "test"}


@pytest.fixture
def secretary(actor):
    return actor("secretary")


@pytest.fixture
def day():
    return clock.today()


def edit(by, *types, **extra):
    return actions.edit_line(
        by=by, community=COMMUNITY, code="three_leaders", steps=[Step(t) for t in types], **extra
    )


def standing_of(by, place, kind):
    line = queries.line_for(COMMUNITY, "three_leaders")
    listed = coverage.gaps(by=by, line=line, code=COMMUNITY, standings=tuple(Standing))
    return next(g.standing for g in listed if (g.place, g.type) == (place.pk, kind))


def test_an_edited_line_counts_from_today_and_the_old_one_stays_on_record(demo, secretary, day):
    shipped = queries.line_for(COMMUNITY, "three_leaders")
    assert queries.holders_up("three_leaders", demo.unit.code)[0].type == "unit_leader"
    own = edit(secretary, "building_leader", "grid_leader", "worker")
    assert (own.community, own.code) == (COMMUNITY, shipped.code)
    # By code and by the shipped line's own identity, which categories name.
    for line in ("three_leaders", shipped.pk):
        found = queries.holders_up(line, demo.unit.code)
        assert [h.type for h in found[:2]] == ["building_leader", "grid_leader"]
    with clock.freeze(clock.now() + timedelta(days=5)):
        edit(secretary, "unit_leader", "grid_leader")
        assert [s.type_id for s in queries.steps_of(own)] == ["unit_leader", "grid_leader"]
        before = queries.steps_of(own, day + timedelta(days=1))
        assert [s.type_id for s in before] == ["building_leader", "grid_leader", "worker"]
        edit(secretary, "grid_leader")
        assert [s.type_id for s in queries.steps_of(own)] == ["grid_leader"]
    assert queries.steps_of(shipped).count() == 6  # others keep what is shipped


def test_what_a_line_refuses(demo, secretary, actor):
    for types in (
        [],
        ["unit_leader", "unit_leader"],
        ["grid_leader", "unit_leader"],
        ["nobody"],
        ["unit_leader"] * 13,
    ):
        with pytest.raises(Invalid) as refused:
            edit(secretary, *types)
        assert "steps" in refused.value.fields
    with pytest.raises(NotAllowed):
        edit(actor("worker"), "unit_leader")
    with pytest.raises(NotFound):
        actions.edit_line(by=secretary, community=COMMUNITY, code="no", steps=[Step("worker")])
    assert not LineStep.objects.filter(line__community=COMMUNITY).exists()


def test_a_line_over_a_level_the_community_does_not_have(demo, secretary, day):
    Place.objects.filter(level="unit").update(closed_on=day)
    with pytest.raises(Invalid) as refused:
        edit(secretary, "unit_leader", "grid_leader")
    assert "单元" in str(refused.value)
    actions.edit_line(
        by=secretary,
        community=COMMUNITY,
        code="three_leaders",
        steps=[Step("unit_leader", everywhere=False), Step("grid_leader")],
    )


def test_a_gap_is_filled_covered_or_not_needed(demo, secretary, day):
    unit = demo.unit
    Term.objects.filter(post=demo.posts["unit"]).delete()
    assert standing_of(secretary, unit, "unit_leader") == Standing.VACANT
    week = day + timedelta(days=7)
    made = actions.stand_in(
        by=secretary,
        place=unit.pk,
        type="unit_leader",
        post=demo.posts["building"].pk,
        until=week,
        reason="暂由楼栋长兼顾",
    )
    assert standing_of(secretary, unit, "unit_leader") == Standing.STAND_IN
    with clock.freeze(clock.now() + timedelta(days=8)):
        assert standing_of(secretary, unit, "unit_leader") == Standing.VACANT
    actions.not_needed(by=secretary, place=unit.pk, type="unit_leader", reason="单元无人居住")
    assert Arrangement.objects.count() == 1
    assert standing_of(secretary, unit, "unit_leader") == Standing.NOT_NEEDED
    actions.unarrange(by=secretary, arrangement=made.pk)
    assert standing_of(secretary, unit, "unit_leader") == Standing.VACANT
    person = Person.objects.order_by("pk").last()
    actions.begin_term(
        by=secretary, post=demo.posts["unit"].pk, person=person.pk, starts=day, ends=day
    )
    assert standing_of(secretary, unit, "unit_leader") == Standing.HELD
    with clock.freeze(clock.now() + timedelta(days=1)):
        assert standing_of(secretary, unit, "unit_leader") == Standing.EXPIRED


def test_what_an_arrangement_refuses(demo, secretary, actor, day):
    say = {"by": secretary, "place": demo.unit.pk, "type": "unit_leader"}
    good = {"post": demo.posts["building"].pk, "until": day, "reason": "兼顾"}
    empty = Post.objects.create(
        community=COMMUNITY,
        place=demo.unit,
        place_code=demo.unit.code,
        type_id="unit_leader",
        title="空岗",
        **TRACK,
    )
    # Held, but it handles nothing: what went there would wait for nobody.
    contact = Post.objects.create(
        community=COMMUNITY,
        place=demo.unit,
        place_code=demo.unit.code,
        type_id="party_unit",
        title="党员中心户",
        **TRACK,
    )
    Term.objects.create(
        community=COMMUNITY, post=contact, person=Person.objects.first(), starts=day, **TRACK
    )
    offered = queries.cover_choices(demo.posts["building"].terms.get())
    assert demo.posts["unit"] in offered
    assert contact not in offered
    for field, wrong in (
        ("until", {"until": day - timedelta(days=1)}),
        ("until", {"until": day + timedelta(days=400)}),
        ("post", {"post": empty.pk}),
        ("post", {"post": demo.posts["unit"].pk}),
        ("post", {"post": contact.pk}),
        ("reason", {"reason": " "}),
    ):
        with pytest.raises(Invalid) as refused:
            actions.stand_in(**say, **{**good, **wrong})
        assert field in refused.value.fields
    with pytest.raises(NotFound):
        actions.stand_in(**{**say, "type": "grid_leader"}, **good)
    with pytest.raises(NotAllowed):
        actions.stand_in(**{**say, "by": actor("grid")}, **good)
    assert not Arrangement.objects.exists()


def test_posts_open_once_and_close_with_their_terms(demo, secretary, actor, day):
    PostType.objects.create(code="caretaker", name="楼道管理员", level="unit", **TRACK)
    made = actions.open_post(by=secretary, place=demo.unit.pk, type="caretaker")
    assert "楼道管理员" in made.title
    for wrong in ({"type": "caretaker"}, {"type": "grid_leader"}, {"type": "x"}):
        with pytest.raises(Invalid):
            actions.open_post(by=secretary, place=demo.unit.pk, **wrong)
    with pytest.raises(NotAllowed):
        actions.open_post(by=actor("unit"), place=demo.unit.pk, type="caretaker")
    person = Person.objects.order_by("pk").last()
    term = actions.begin_term(
        by=secretary, post=made.pk, person=person.pk, starts=day - timedelta(days=3)
    )
    actions.close_post(by=secretary, post=made.pk)
    term.refresh_from_db()
    assert term.ends == day - timedelta(days=1)
    assert made.pk not in queries.actor_for(person.pk).posts
    with pytest.raises(NotFound):
        actions.close_post(by=secretary, post=made.pk)


def test_a_hand_over_leaves_no_day_without_a_holder(demo, secretary, actor, day):
    term = demo.posts["unit"].terms.get()
    Term.objects.filter(pk=term.pk).update(starts=day - timedelta(days=30))
    person = Person.objects.order_by("pk").last()
    following = actions.hand_over(
        by=secretary, term=term.pk, person=person.pk, on=day, note="钥匙在楼长处"
    )
    term.refresh_from_db()
    assert (term.ends, following.starts) == (day - timedelta(days=1), day)
    assert following.note == "钥匙在楼长处"
    assert demo.posts["unit"].pk not in actor("unit").posts
    assert demo.posts["unit"].pk in queries.actor_for(person.pk).posts
    with pytest.raises(Invalid):
        actions.hand_over(by=secretary, term=following.pk, person=person.pk, on=day)


def test_the_register_of_workplaces(demo, secretary, actor):
    say = {"by": secretary, "place": demo.unit.pk, "kind": "courier", "name": "驿站"}
    made = actions.register_workplace(**say, credit_code="91220103MA0000000W")
    for field, wrong in (
        ("kind", {"kind": "person"}),
        ("credit_code", {"credit_code": "91220103MA0000000X"}),
        ("credit_code", {"credit_code": "91220103MA0000000W"}),
        ("post", {"post": demo.unit.pk}),
    ):
        with pytest.raises(Invalid) as refused:
            actions.register_workplace(**{**say, **wrong})
        assert field in refused.value.fields
    with pytest.raises(NotAllowed):
        actions.register_workplace(**{**say, "by": actor("worker")})
    given = actions.give_workplace(by=secretary, workplace=made.pk, post=demo.posts["grid"].pk)
    assert given.post_id == demo.posts["grid"].pk
    actions.close_workplace(by=secretary, workplace=made.pk)
    with pytest.raises(NotFound):
        actions.give_workplace(by=secretary, workplace=made.pk, post=None)
