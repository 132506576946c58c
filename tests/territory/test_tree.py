"""Changing the tree: codes follow, identities stay, old codes still lead there."""

import threading

import pytest
from django.apps import apps
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liren.access import rls
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.demo import community as demo_community
from liren.demo.community import COMMUNITY
from liren.matters import actions as matters
from liren.matters.models import Entry, Matter, SearchWords
from liren.organisation.models import Post
from liren.organisation.queries import actor_for
from liren.people.models import Person, Residence
from liren.territory import actions, followers, queries
from liren.territory.codes import LENGTHS
from liren.territory.models import Place, PlaceChange, PlaceSet

pytestmark = pytest.mark.django_db
WHY = "网格调整"


@pytest.fixture
def worker(actor):
    return actor("worker")


@pytest.fixture
def matter(demo, actor):
    by = actor("resident")
    need = matters.Report(place=demo.unit, text="楼道灯坏了", reporter=by.person)
    return matters.report(by=by, need=need).matter


def grids():
    return list(Place.objects.filter(level="grid", closed_on=None).order_by("code"))


def buildings(grid):
    return list(Place.objects.filter(parent=grid, closed_on=None).order_by("code"))


def assert_sound():
    """The code prefix relation is the parent relation, and every copy of a code is right."""
    codes = set()
    for place in Place.objects.select_related("parent"):
        assert place.code not in codes
        codes.add(place.code)
        assert len(place.code) == LENGTHS[place.level]
        if place.parent:
            assert place.code.startswith(place.parent.code)
            assert len(place.parent.code) == max(n for n in LENGTHS.values() if n < len(place.code))
    for follower in followers.registered():
        if follower.has("place") and follower.has("place_code"):
            for row in follower.cls.objects.select_related("place"):
                assert row.place_code == row.place.code
        if follower.via:
            for row in follower.cls.objects.select_related(follower.via):
                assert row.place_code == getattr(row, follower.via).place_code
    for person in Person.objects.exclude(place_code=""):
        assert Place.objects.filter(code=person.place_code).exists()


def test_every_copied_code_is_registered():
    known = {f.cls for f in followers.registered()}
    for model in apps.get_models():
        names = {f.name for f in model._meta.concrete_fields}
        if "place_code" in names:
            assert model in known, f"{model.__name__}: register it in its AppConfig.ready()"


def test_a_building_moves_with_everything_in_it(demo, worker, matter):
    _first, second = grids()
    building = demo.unit.parent
    before = building.code
    household, unit_tag = demo.household, demo.unit.tag
    moved = actions.move(by=worker, place=building.pk, to=second.pk, why=WHY)
    assert moved.pk == building.pk
    assert moved.code.startswith(second.code)
    assert moved.code != before
    demo.unit.refresh_from_db()
    assert (demo.unit.tag, demo.unit.code[:18]) == (unit_tag, moved.code)
    matter.refresh_from_db()
    assert matter.place_code == demo.unit.code
    assert set(Entry.objects.filter(matter=matter).values_list("place_code", flat=True)) == {
        demo.unit.code
    }
    assert SearchWords.objects.get(matter=matter).place_code == demo.unit.code
    post = Post.objects.get(pk=demo.posts["unit"].pk)
    assert (post.place_code, post.changed_by, post.changed_why) == (
        demo.unit.code,
        worker.name,
        WHY,
    )
    assert Residence.objects.get(place=household).place_code.startswith(moved.code)
    assert_sound()
    # Old codes lead to the same places, the household's too.
    assert queries.ever_at(before).pk == building.pk
    assert queries.ever_at(household.code).pk == household.pk
    change = PlaceChange.objects.get(place=building)
    assert (change.kind, change.old_code, change.new_code, change.why) == (
        "moved",
        before,
        moved.code,
        WHY,
    )


def test_a_number_given_up_is_not_given_out_again(demo, worker):
    first, second = grids()
    last = buildings(first)[-1]
    old = last.code
    actions.move(by=worker, place=last.pk, to=second.pk, why=WHY)
    fresh = actions.add_place(by=worker, parent=first.pk, name="新楼")
    assert fresh.code != old
    assert queries.ever_at(old).pk == last.pk
    assert_sound()


def test_a_code_carries_the_number_in_the_name(demo, worker):
    first = grids()[0]
    building = actions.add_place(by=worker, parent=first.pk, name="17号楼")
    assert building.code == first.code + "017"
    unit = actions.add_place(by=worker, parent=building.pk, name="２单元")
    home = actions.add_place(by=worker, parent=unit.pk, name="501室")
    assert home.code == first.code + "017" + "02" + "0501"
    assert home.full_name == "17号楼 ２单元 501室"


def test_grids_merge_and_nothing_is_lost(demo, worker, matter, actor):
    first, second = grids()
    below = set(Place.objects.filter(code__startswith=second.code + "0").values_list("pk"))
    post = Post.objects.get(place=second)
    at_grid = matters.report(
        by=actor("resident"),
        need=matters.Report(place=second, text="路灯不亮", reporter=actor("resident").person),
    ).matter
    old = second.code
    kept = actions.merge(by=worker, places=[second.pk], into=first.pk, why=WHY)
    assert kept.pk == first.pk
    assert set(Place.objects.filter(code__startswith=first.code + "0").values_list("pk")) >= below
    second.refresh_from_db()
    assert second.closed_on is not None
    assert queries.ever_at(old).pk == first.pk
    post.refresh_from_db()
    at_grid.refresh_from_db()
    assert (post.place_id, post.place_code) == (first.pk, first.code)
    assert (at_grid.place_id, at_grid.place_code) == (first.pk, first.code)
    assert second.name in Place.objects.get(pk=first.pk).aliases
    assert_sound()
    with pytest.raises(Invalid):
        actions.reopen(by=worker, place=second.pk, why=WHY)


def test_a_grid_splits(demo, worker, matter):
    first, _second = grids()
    one, two = buildings(first)
    fresh = actions.split(by=worker, place=first.pk, children=[two.pk], name="第9网格", why=WHY)
    assert fresh.code == COMMUNITY + "009"
    two.refresh_from_db()
    assert (two.parent_id, two.code[:15]) == (fresh.pk, fresh.code)
    assert {c.kind for c in fresh.changes.all()} == {"split"}
    assert_sound()
    for wrong in ([], [one.pk], [two.pk]):
        with pytest.raises(Invalid):
            actions.split(by=worker, place=first.pk, children=wrong, name="第10网格", why=WHY)


def test_a_rename_keeps_the_old_name_findable_and_reaches_the_doors(demo, worker):
    building = demo.unit.parent
    old = building.name
    actions.rename(by=worker, place=building.pk, name="99号楼", why="门牌更换")
    building.refresh_from_db()
    demo.unit.refresh_from_db()
    demo.household.refresh_from_db()
    assert building.aliases == [old]
    assert building.full_name == "长山花园 99号楼"
    assert demo.unit.full_name == "长山花园 99号楼 1单元"
    assert demo.household.full_name.startswith("长山花园 99号楼 1单元 ")
    assert building in queries.find(COMMUNITY, old)
    again = actions.rename(by=worker, place=building.pk, name=old, why="改回")
    assert again.aliases == ["99号楼"]


def test_closing_asks_to_settle_first_and_reopening_brings_all_back(demo, worker, matter):
    building = demo.unit.parent
    with pytest.raises(Invalid, match="1"):
        actions.close(by=worker, place=building.pk, why="拆除")
    grid = grids()[0]
    empty = actions.add_place(by=worker, parent=grid.pk, name="空楼")
    unit = actions.add_place(by=worker, parent=empty.pk, name="1单元")
    actions.close(by=worker, place=empty.pk, why="拆除")
    unit.refresh_from_db()
    assert unit.closed_on is not None
    with pytest.raises(Invalid):
        actions.add_place(by=worker, parent=empty.pk, name="2单元")
    actions.reopen(by=worker, place=empty.pk, why="误操作")
    unit.refresh_from_db()
    assert unit.closed_on is None


@pytest.mark.parametrize("why", ["", "  ", "\u200b"])
def test_a_reason_is_asked_for(demo, worker, why):
    first, second = grids()
    with pytest.raises(Invalid):
        actions.move(by=worker, place=buildings(first)[0].pk, to=second.pk, why=why)


def test_wrong_moves_are_refused(demo, worker):
    first, second = grids()
    building = buildings(first)[0]
    for place, to in [
        (first.pk, second.pk),  # a grid
        (building.pk, demo.unit.pk),  # into an entrance
        (building.pk, building.pk),  # into itself
        (demo.unit.pk, first.pk),  # an entrance into a grid
        (demo.community.pk, first.pk),
    ]:
        with pytest.raises((Invalid, NotAllowed)):
            actions.move(by=worker, place=place, to=to, why=WHY)
    assert_sound()


def test_a_name_is_there_once(demo, worker):
    first = grids()[0]
    one, two = buildings(first)
    with pytest.raises(Invalid):
        actions.add_place(by=worker, parent=first.pk, name=one.name)
    with pytest.raises(Invalid):
        actions.rename(by=worker, place=two.pk, name=one.name, why=WHY)


def test_only_who_may_edit_places_there(demo, actor):
    first, second = grids()
    building = buildings(first)[0]
    for role in ("resident", "unit", "building", "grid", "department", "officer"):
        with pytest.raises(NotAllowed):
            actions.move(by=actor(role), place=building.pk, to=second.pk, why=WHY)
        with pytest.raises(NotAllowed):
            actions.rename(by=actor(role), place=building.pk, name="x", why=WHY)


def test_a_second_writer_is_told(demo, worker):
    first = grids()[0]
    seen = first.changed_at
    actions.rename(by=worker, place=first.pk, name="东网格", why=WHY, seen=seen)
    with pytest.raises(Changed) as told:
        actions.rename(by=worker, place=first.pk, name="西网格", why=WHY, seen=seen)
    assert told.value.theirs["name"] == "东网格"


def test_it_works_as_the_serving_role(demo, worker, matter):
    first, second = grids()
    with rls.scope(*rls.scope_of(worker)):
        actions.move(by=worker, place=demo.unit.parent_id, to=second.pk, why=WHY)
        actions.merge(by=worker, places=[first.pk], into=second.pk, why=WHY)
    assert_sound()


def test_compounds_name_their_buildings(demo, worker):
    first = grids()[0]
    compound = PlaceSet.objects.get(name="长山花园")
    old = list(compound.places.values_list("pk", flat=True))
    actions.edit_compound(by=worker, compound=compound.pk, name="长山里", places=old)
    demo.unit.refresh_from_db()
    assert demo.unit.full_name == "长山里 1号楼 1单元"
    compound.refresh_from_db()
    assert compound.aliases == ["长山花园"]
    assert compound.pinyin == "changshanli"
    other = actions.add_compound(by=worker, community=COMMUNITY, name="新苑")
    actions.edit_compound(by=worker, compound=other.pk, name="新苑", places=old[:1])
    assert Place.objects.get(pk=old[0]).full_name.startswith("新苑 ")
    assert set(compound.places.values_list("pk", flat=True)) == set(old[1:])
    with pytest.raises(Invalid):
        actions.edit_compound(by=worker, compound=other.pk, name="新苑", places=[first.pk])
    with pytest.raises(Invalid):
        actions.add_compound(by=worker, community=COMMUNITY, name="新苑")
    actions.delete_compound(by=worker, compound=other.pk)
    assert Place.objects.get(pk=old[0]).full_name == "1号楼"


def test_a_tag_is_given_once(demo, worker):
    home = demo.household
    tag = actions.give_tag(by=worker, place=home.pk).tag
    assert tag
    assert actions.give_tag(by=worker, place=home.pk).tag == tag
    assert queries.by_tag(tag) == home


def test_an_unknown_code_leads_nowhere(demo):
    with pytest.raises(NotFound):
        queries.ever_at("220103008003999999")


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["move", "move_unit", "merge", "split", "add"]),
            st.integers(0, 30),
            st.integers(0, 30),
        ),
        max_size=7,
    )
)
def test_after_any_sequence_the_codes_are_the_tree(demo, worker, matter, steps):
    with transaction.atomic():
        codes = {place.pk: place.code for place in Place.objects.all()}
        for number, (what, a, b) in enumerate(steps):
            open_grids = grids()
            one, two = open_grids[a % len(open_grids)], open_grids[b % len(open_grids)]
            houses = [h for grid in open_grids for h in buildings(grid)]
            try:
                if what == "move":
                    actions.move(by=worker, place=houses[a % len(houses)].pk, to=two.pk, why=WHY)
                elif what == "move_unit":
                    units = list(
                        Place.objects.filter(level="unit", closed_on=None).order_by("code")
                    )
                    actions.move(
                        by=worker,
                        place=units[a % len(units)].pk,
                        to=houses[b % len(houses)].pk,
                        why=WHY,
                    )
                elif what == "merge":
                    actions.merge(by=worker, places=[one.pk], into=two.pk, why=WHY)
                elif what == "split":
                    actions.split(
                        by=worker,
                        place=one.pk,
                        children=[h.pk for h in buildings(one)][: 1 + b % 3],
                        name=f"新网格{number}",
                        why=WHY,
                    )
                else:
                    actions.add_place(by=worker, parent=one.pk, name=f"{a}号楼")
            except Invalid:
                continue
            codes |= {place.pk: place.code for place in Place.objects.filter(closed_on=None)}
        assert_sound()
        for pk, code in codes.items():
            found = queries.ever_at(code)
            assert found.pk == pk or Place.objects.get(pk=pk).closed_on is not None
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_reports_and_moves_at_the_same_moment():
    world = demo_community.build(grids=2, buildings=2, units=1, households=1)
    worker = actor_for(world.accounts["worker"].person_id, home=COMMUNITY)
    resident = actor_for(world.accounts["resident"].person_id, home=COMMUNITY)
    building = world.unit.parent_id
    targets = [grid.pk for grid in grids()]
    failed: list[Exception] = []
    stop = threading.Event()

    def moving():
        try:
            for number in range(12):
                to = targets[(number + 1) % 2]
                actions.move(by=worker, place=building, to=to, why=WHY)
        except Exception as error:
            failed.append(error)
        finally:
            stop.set()
            connections.close_all()

    def reporting():
        try:
            while not stop.is_set():
                need = matters.Report(
                    place=Place.objects.get(pk=world.unit.pk),
                    text="灯坏了",
                    reporter=resident.person,
                )
                made = matters.report(by=resident, need=need).matter
                matters.add_words(by=resident, matter=made.pk, words="还有一盏")
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=t) for t in (moving, reporting, reporting)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failed == []
    assert Matter.objects.exists()
    assert_sound()
