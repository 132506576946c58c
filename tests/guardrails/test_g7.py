"""G7: who complains is hidden from whoever is complained of."""

import pytest

from liren.access.actor import Permission
from liren.base.errors import Invalid, NotFound
from liren.matters import actions, queries
from liren.matters.actions import Report
from liren.notifications.models import Notice
from liren.organisation.models import Absence
from liren.organisation.queries import actor_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def complaint(demo, actor):
    """The resident complains about the building leader and stays unknown."""
    by = actor("resident")
    return actions.report(
        by=by,
        need=Report(
            place=demo.unit,
            text="楼栋长占用楼道放东西，说了也不听",
            reporter=by.person,
            shielded=True,
            about_posts=(demo.posts["building"].pk,),
        ),
    ).matter


def test_routing_skips_the_complained_of_and_everybody_below(demo, complaint):
    assert complaint.holder_id == demo.posts["grid"].pk


@pytest.mark.parametrize("role", ["building", "unit"])
def test_the_complained_of_and_those_below_do_not_see_it(complaint, actor, role):
    assert not queries.visible(actor(role)).filter(pk=complaint.pk).exists()
    with pytest.raises(NotFound):
        actions.comment(by=actor(role), matter=complaint.pk, words="x")


def test_the_complained_of_is_told_nothing(demo, complaint, actor):
    actions.accept(by=actor("grid"), matter=complaint.pk)
    person = demo.accounts["building"].person_id
    assert not Notice.objects.filter(person=person).exists()


def test_messages_about_it_carry_no_words_that_could_tell(demo, complaint):
    told = Notice.objects.get(person=demo.accounts["grid"].person_id)
    assert complaint.number in told.title
    assert "楼道" not in told.title + told.body


def test_the_complained_of_sees_nothing_though_they_hold_another_post_with_grants(demo, complaint):
    from liren.demo.community import TRACK
    from liren.organisation.models import Post, Term

    worker = Post.objects.get(pk=demo.posts["worker"].pk)
    second = Post.objects.create(
        community=worker.community,
        place=worker.place,
        place_code=worker.place_code,
        type_id="worker",
        title="第二个窗口",
        **TRACK,
    )
    leader = demo.accounts["building"].person_id
    Term.objects.create(community=worker.community, post=second, person_id=leader, **TRACK)
    by = actor_for(leader, home=worker.community)
    assert by.has(Permission.MATTER_VIEW_SHIELDED)
    assert not queries.visible(by).filter(pk=complaint.pk).exists()
    with pytest.raises(NotFound):
        actions.comment(by=by, matter=complaint.pk, words="x")


def test_covering_for_somebody_does_not_bring_it_to_the_complained_of(demo, actor):
    from liren.base import clock
    from liren.demo.community import TRACK
    from liren.organisation.models import Term

    day = clock.today()
    grid_term = Term.objects.get(post=demo.posts["grid"])
    Absence.objects.create(
        community=grid_term.community,
        term=grid_term,
        starts=day,
        ends=day,
        cover=demo.posts["building"],
        **TRACK,
    )
    by = actor("resident")
    matter = actions.report(
        by=by,
        need=Report(
            place=demo.unit,
            text="楼栋长乱收费",
            reporter=by.person,
            shielded=True,
            about_posts=(demo.posts["building"].pk,),
        ),
    ).matter
    assert matter.holder_id == demo.posts["worker"].pk


def test_it_cannot_be_sent_to_the_complained_of_or_below(demo, complaint, actor):
    for role in ("building", "unit"):
        with pytest.raises(Invalid):
            actions.assign(by=actor("worker"), matter=complaint.pk, to=demo.posts[role].pk)


def test_passing_up_skips_persons_it_is_about(demo, actor):
    by = actor("resident")
    matter = actions.report(
        by=by,
        need=Report(
            place=demo.unit,
            text="社区窗口推诿",
            reporter=by.person,
            shielded=True,
            about_posts=(demo.posts["worker"].pk,),
        ),
    ).matter
    assert matter.holder_id == demo.posts["officer"].pk
    assert not queries.visible(actor("worker")).filter(pk=matter.pk).exists()
    assert not queries.visible(actor("grid")).filter(pk=matter.pk).exists()


def test_it_is_never_offered_as_a_similar_matter_and_never_merged(demo, complaint, actor):
    from liren.base.text import bigrams

    found = queries.similar(actor("unit"), demo.unit.code, bigrams(complaint.text))
    assert complaint.pk not in {m.pk for m in found}
    by = actor("resident")
    other = actions.report(
        by=by, need=Report(place=demo.unit, text="灯", reporter=by.person)
    ).matter
    with pytest.raises(Invalid):
        actions.merge(by=actor("worker"), matter=other.pk, into=complaint.pk)


def test_a_neighbour_cannot_follow_it(complaint, actor):
    with pytest.raises(NotFound):
        actions.follow(by=actor("secretary"), matter=complaint.pk)


def test_the_reporter_sees_it_even_under_a_mandate(complaint, actor):
    from dataclasses import replace

    agent = replace(
        actor("unit"), acting_for=actor("resident").person, posts=frozenset(), grants=()
    )
    assert queries.visible(actor("resident")).filter(pk=complaint.pk).exists()
    assert queries.visible(agent).filter(pk=complaint.pk).exists()
