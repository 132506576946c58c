"""From an open call to a confirmed project, and everything that is refused on the way."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.partners.conftest import offer, wanted

from liren.access.models import AuditRow
from liren.base import clock
from liren.base.commitments import State, commitments
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.demo.community import COMMUNITY
from liren.notifications.models import Notice
from liren.organisation.models import Organisation, Post, Term
from liren.organisation.queries import actor_for
from liren.partners import actions, queries, rules
from liren.partners.models import Agreement, Application, Contribution, OpenCall, Partner, Project

pytestmark = pytest.mark.django_db


def test_from_the_call_to_the_confirmed_project(world, actor):
    agreement = world.agreement()
    partner = agreement.partner
    assert queries.standing(agreement) == rules.Standing.IN_FORCE
    project = world.project(agreement)
    step = actions.add_milestone(
        by=world.worker, project=project.pk, title="走访登记", due=project.due
    )
    gift = world.gift(project)
    assert gift.amount == 450
    liaison = world.liaison(agreement)
    with pytest.raises(Invalid) as refused:
        actions.deliver(by=liaison, project=project.pk, words="都修好了")
    assert "走访登记" in str(refused.value)
    assert "上门检修" in str(refused.value)
    actions.do_milestone(by=liaison, milestone=step.pk, words="登记了 12 户")
    actions.give(by=liaison, gift=gift.pk)
    actions.deliver(by=liaison, project=project.pk, words="12 户都修好了")
    grid = actor("grid")
    assert queries.to_confirm(grid).get().pk == project.pk
    done = actions.answer(by=grid, project=project.pk, received=True, words="看过了")
    assert done.state == "confirmed"
    assert Contribution.objects.get().state == "confirmed"
    told = commitments(world.worker, COMMUNITY)
    assert {(one.who, one.state) for one in told} == {(partner.name, State.CONFIRMED)}
    assert AuditRow.objects.filter(table="partners_project").count() >= 3


def test_a_call_is_there_for_everybody_once_published(world, client):
    row = actions.write_call(by=world.worker, wanted=wanted(world.demo.community))
    with pytest.raises(NotFound):
        queries.public_call(COMMUNITY, row.pk)
    with pytest.raises(NotFound):
        actions.apply(by=world.actor("resident"), call=row.pk, offer=offer())
    actions.publish_call(by=world.worker, call=row.pk)
    assert queries.calls_now(COMMUNITY).get() == row
    with pytest.raises(Changed):
        actions.publish_call(by=world.worker, call=row.pk)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"closes": date(2020, 1, 1)}, "closes"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 51}, "capacity"),
        ({"who": ()}, "who"),
        ({"who": ("robot",)}, "who"),
        ({"trade": "mining"}, "trade"),
        ({"area": ""}, "area"),
        ({"title": " "}, "title"),
    ],
)
def test_a_call_that_cannot_be_is_refused_beside_its_field(world, change, field):
    with pytest.raises(Invalid) as refused:
        actions.write_call(by=world.worker, wanted=wanted(world.demo.community, **change))
    assert field in refused.value.fields
    assert not OpenCall.objects.exists()


def test_who_does_not_look_after_partners_writes_no_call(world, actor):
    for role in ("resident", "grid", "department"):
        with pytest.raises(NotAllowed):
            actions.write_call(by=actor(role), wanted=wanted(world.demo.community))


def test_a_call_closed_or_over_takes_nothing_and_says_why(world):
    call = world.call()
    actions.close_call(by=world.worker, call=call.pk, why="已经找到了")
    with pytest.raises(Invalid) as refused:
        world.application(call)
    assert refused.value.code == "call_shut"
    late = world.call()
    OpenCall.objects.filter(pk=late.pk).update(
        opens=clock.today() - timedelta(days=9), closes=clock.today() - timedelta(days=1)
    )
    with pytest.raises(Invalid):
        world.application(late)
    early = world.call(opens=clock.today() + timedelta(days=1))
    with pytest.raises(Invalid):
        world.application(early)
    assert not Application.objects.exists()


def test_applying_twice_is_refused_by_phone_code_and_person(world):
    call = world.call()
    first = world.application(call, credit_code="91350100M000100Y43")
    for change in (
        {"contact_phone": "138 0000 0011"},
        {"contact_phone": "13900000012", "credit_code": "91350100M000100Y43"},
    ):
        with pytest.raises(Invalid) as refused:
            world.application(call, **change)
        assert refused.value.code == "twice"
    # Once taken back it may be sent again.
    actions.withdraw(by=world.actor("resident"), application=first.pk)
    world.application(call, credit_code="91350100M000100Y43")
    with pytest.raises(Changed):
        actions.withdraw(by=world.actor("resident"), application=first.pk)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "robot"}, "kind"),
        ({"organisation_name": ""}, "organisation_name"),
        ({"contact_phone": "12345"}, "contact_phone"),
        ({"credit_code": "123"}, "credit_code"),
        ({"offer": ""}, "offer"),
        ({"contact_name": "x" * 61}, "contact_name"),
    ],
)
def test_an_application_that_cannot_be_is_refused_beside_its_field(world, change, field):
    call = world.call()
    with pytest.raises(Invalid) as refused:
        world.application(call, **change)
    assert field in refused.value.fields


def test_nothing_is_accepted_unchecked_or_without_words(world):
    row = world.application()
    with pytest.raises(Invalid):
        actions.accept(by=world.worker, application=row.pk, why="好")
    row = actions.vet(
        by=world.worker,
        application=row.pk,
        ticked=[one["key"] for one in row.call.scheme.checks],
        conflict_note="",
        seen=row.version,
    )
    with pytest.raises(Invalid) as refused:
        actions.accept(by=world.worker, application=row.pk, why="好")
    assert "conflict_note" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        actions.accept(by=world.worker, application=world.checked(row).pk, why=" ")
    assert "why" in refused.value.fields
    with pytest.raises(Changed):
        actions.vet(
            by=world.worker, application=row.pk, ticked=[], conflict_note="", seen=row.version
        )
    assert not Partner.objects.exists()


def test_the_applicant_reads_the_decision(world):
    row = world.application()
    actions.decline(by=world.worker, application=row.pk, why="时间对不上，欢迎下次。")
    found = queries.own_application(world.actor("resident"), COMMUNITY, row.pk)
    assert found.decided_why == "时间对不上，欢迎下次。"
    with pytest.raises(NotFound):
        queries.own_application(world.actor("unit"), COMMUNITY, row.pk)
    with pytest.raises(Changed):
        actions.accept(by=world.worker, application=row.pk, why="还是要")


def test_nobody_decides_their_own_application(world):
    row = world.application(by=world.worker)
    with pytest.raises(Invalid):
        actions.decline(by=world.worker, application=row.pk, why="不")


def test_more_than_wanted_are_not_accepted(world):
    call = world.call()
    first = world.application(call)
    second = world.application(call, by=actor_for(world.person().pk), contact_phone="13900000012")
    actions.accept(by=world.worker, application=world.checked(first).pk, why="好")
    with pytest.raises(Invalid):
        actions.accept(by=world.worker, application=world.checked(second).pk, why="也好")
    assert queries.door(queries.public_call(COMMUNITY, call.pk)) == rules.Door.FULL


def test_a_partner_known_already_is_not_made_twice(world):
    one = world.draft(organisation_name="同一家（演示）")
    two = world.draft(organisation_name="同一家（演示）")
    assert one.partner == two.partner
    assert Organisation.objects.filter(name="同一家（演示）").count() == 1
    assert Post.objects.filter(type="partner").count() == 1


def test_an_agreement_keeps_to_its_days(world):
    draft = world.draft()
    today = clock.today()

    def write(starts, ends):
        return actions.write_agreement(
            by=world.worker,
            agreement=draft.pk,
            promises="每月一次",
            gives="",
            starts=starts,
            ends=ends,
        )

    with pytest.raises(Invalid):
        write(today, today - timedelta(days=1))
    with pytest.raises(Invalid):  # longer than a short project
        write(today, today + timedelta(days=200))
    write(today, today + timedelta(days=60))
    with pytest.raises(Invalid):
        actions.sign(by=world.worker, agreement=draft.pk, signed_on=today + timedelta(days=1))
    actions.sign(by=world.worker, agreement=draft.pk)
    with pytest.raises(Changed):
        write(today, today + timedelta(days=10))


def test_agreements_of_one_trade_do_not_overlap(world):
    first = world.agreement(organisation_name="同一家（演示）")
    second = world.draft(organisation_name="同一家（演示）")
    with pytest.raises(Invalid):
        actions.sign(by=world.worker, agreement=second.pk)
    assert Agreement.objects.get(pk=second.pk).state == "draft"
    with pytest.raises(Invalid):
        actions.renew(
            by=world.worker,
            agreement=first.pk,
            starts=first.ends,
            ends=first.ends + timedelta(days=30),
        )
    following = actions.renew(
        by=world.worker,
        agreement=first.pk,
        starts=first.ends + timedelta(days=1),
        ends=first.ends + timedelta(days=90),
    )
    actions.sign(by=world.worker, agreement=following.pk)
    following.refresh_from_db()
    assert queries.standing(following) == rules.Standing.AHEAD


def test_who_speaks_for_the_partner_signs_not_for_the_community(world, demo):
    draft = world.draft()
    Term.objects.filter(post=draft.partner.post).update(person=demo.accounts["worker"].person_id)
    with pytest.raises(Invalid):
        actions.sign(by=world.worker, agreement=draft.pk)


def test_leaving_with_something_open_is_refused_with_what_it_is(world, actor):
    agreement = world.agreement()
    project = world.project(agreement)
    world.gift(project, what="工具一套", kind="goods", amount="3")
    liaison = world.liaison(agreement)
    for by in (world.worker, liaison):
        with pytest.raises(Invalid) as refused:
            actions.end(by=by, agreement=agreement.pk, why="搬走了")
        assert "冬季上门检修" in str(refused.value)
        assert "工具一套" in str(refused.value)
    with pytest.raises(Invalid):
        actions.leave(by=world.worker, partner=agreement.partner_id)
    with pytest.raises(Invalid) as refused:
        actions.end(by=world.worker, agreement=agreement.pk, why="搬走了", give_up=True)
    assert "words" in refused.value.fields
    other = world.agreement()
    with pytest.raises(Invalid):  # not to itself
        actions.end(
            by=world.worker,
            agreement=agreement.pk,
            why="搬走了",
            hand_to=agreement.pk,
            words="转给下一家",
        )
    ended = actions.end(
        by=world.worker,
        agreement=agreement.pk,
        why="搬走了",
        hand_to=other.pk,
        words="工具已经交给他们",
    )
    assert ended.state == "ended"
    project.refresh_from_db()
    assert project.agreement == other
    assert "工具已经交给他们" in project.taken_over
    assert queries.mine(world.liaison(other)).get() == project
    partner = actions.leave(by=world.worker, partner=agreement.partner_id)
    assert partner.left_on == clock.today()
    assert Post.objects.get(pk=partner.post_id).closed_on == clock.today()


def test_given_up_by_name_and_with_words(world):
    agreement = world.agreement()
    project = world.project(agreement)
    gift = world.gift(project)
    actions.end(
        by=world.worker, agreement=agreement.pk, why="停业", give_up=True, words="冬天前改由物业做"
    )
    project.refresh_from_db()
    gift.refresh_from_db()
    assert (project.state, gift.state) == ("withdrawn", "withdrawn")
    assert project.answer == gift.words == "冬天前改由物业做"


def test_a_partner_does_not_confirm_its_own(world, demo, actor):
    agreement = world.agreement()
    liaison = world.liaison(agreement)
    with pytest.raises(Invalid):
        world.project(agreement, receiver_person=liaison.person)
    with pytest.raises(Invalid):
        world.project(agreement, receiver_post=agreement.partner.post_id)
    project = world.project(agreement)
    gift = world.gift(project)
    actions.give(by=liaison, gift=gift.pk)
    # The grid leader begins to speak for the partner as well: no longer the one who confirms.
    Term.objects.filter(post=agreement.partner.post).update(person=demo.accounts["grid"].person_id)
    for act in (
        lambda: actions.answer_gift(by=actor("grid"), gift=gift.pk, received=True),
        lambda: actions.answer(by=actor("grid"), project=project.pk, received=True),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotFound):  # nor does anybody else
        actions.answer_gift(by=actor("building"), gift=gift.pk, received=True)


def test_not_received_goes_back_with_words(world, actor):
    project = world.project()
    gift = world.gift(project, kind="money", amount="1,200.50", what="购置工具")
    assert gift.amount == 120050
    liaison = world.liaison(project.agreement)
    actions.give(by=liaison, gift=gift.pk)
    with pytest.raises(Invalid):
        actions.answer_gift(by=actor("grid"), gift=gift.pk, received=False)
    back = actions.answer_gift(by=actor("grid"), gift=gift.pk, received=False, words="没有到账")
    assert (back.state, back.words) == ("promised", "没有到账")


def test_a_resident_can_be_the_receiver(world, actor, demo):
    project = world.project(receiver_person=demo.accounts["resident"].person_id)
    actions.deliver(by=world.liaison(project.agreement), project=project.pk, words="水龙头换好了")
    done = actions.answer(by=actor("resident"), project=project.pk, received=True)
    assert done.state == "confirmed"


@pytest.mark.parametrize(
    ("kind", "amount"),
    [
        ("money", "0"),
        ("money", "-5"),
        ("money", "12.345"),
        ("money", "很多"),
        ("goods", "1.5"),
        ("goods", "0"),
        ("hours", "0.1"),
        ("hours", "-2"),
        ("hours", "NaN"),
        ("room", "1e99"),
        ("hours", "1e-999999999"),
    ],
)
def test_an_amount_that_is_none_is_refused(world, kind, amount):
    project = world.project()
    with pytest.raises(Invalid) as refused:
        world.gift(project, kind=kind, amount=amount)
    assert "amount" in refused.value.fields
    assert not Contribution.objects.exists()


def test_a_project_stays_within_its_agreement(world):
    agreement = world.agreement()
    for change in (
        {"due": agreement.ends + timedelta(days=1)},
        {"starts": agreement.starts - timedelta(days=1)},
        {"due": agreement.starts - timedelta(days=1)},
    ):
        with pytest.raises(Invalid):
            world.project(agreement, **change)
    with pytest.raises(Invalid):
        world.project(world.draft())
    assert not Project.objects.exists()


def test_the_scheme_is_edited_as_versions(world):
    now = queries.scheme(COMMUNITY)
    lists = {
        of: [dict(one) for one in getattr(now, of)] for of in ("areas", "trades", "terms", "checks")
    }
    lists["trades"].append({"name": "宠物友好"})
    edited = actions.edit_scheme(
        by=world.worker,
        community=COMMUNITY,
        seen=now.version,
        name="我们的合伙人",
        source="居民议事会",
        lists=lists,
    )
    assert edited.community == COMMUNITY
    assert edited.trades[-1]["name"] == "宠物友好"
    call = world.call(trade=edited.trades[-1]["key"])
    assert call.scheme == edited
    with pytest.raises(Changed):
        actions.edit_scheme(
            by=world.worker,
            community=COMMUNITY,
            seen=now.version + 7,
            name="x",
            source="y",
            lists=lists,
        )
    lists["terms"] = [{"name": "很久", "months": 0}]
    with pytest.raises(Invalid) as refused:
        actions.edit_scheme(
            by=world.worker,
            community=COMMUNITY,
            seen=edited.version,
            name="x",
            source="y",
            lists=lists,
        )
    assert "terms" in refused.value.fields


def test_another_community_sees_nothing(world):
    agreement = world.agreement()
    stranger = actor_for(world.demo.accounts["officer"].person_id)
    assert not queries.agreements(stranger).exists()
    with pytest.raises(NotAllowed):
        actions.sign(by=stranger, agreement=agreement.pk)


def test_promises_cost_the_same_for_one_and_three(world):
    def count():
        with CaptureQueriesContext(connection) as caught:
            assert commitments(world.worker, COMMUNITY)
        return len(caught)

    world.gift(world.project())
    first = count()
    for _n in range(2):
        world.gift(world.project())
    assert count() == first


def test_what_did_not_arrive_is_asked_again_and_holds_the_project_open(world, actor):
    project = world.project()
    gift = world.gift(project)
    liaison, grid = world.liaison(project.agreement), actor("grid")

    def asked():
        return Notice.objects.filter(person=grid.person, key__contains=str(gift.pk)).count()

    actions.give(by=liaison, gift=gift.pk)
    assert asked() == 1
    row = actions.deliver(by=liaison, project=project.pk, words="修完了")
    actions.answer_gift(by=grid, gift=gift.pk, received=False, words="没有来")
    with pytest.raises(Invalid) as refused:
        actions.answer(by=grid, project=project.pk, received=True, seen=row.version)
    assert gift.what in str(refused.value)
    actions.give(by=liaison, gift=gift.pk)
    assert asked() == 2
    actions.answer(by=grid, project=project.pk, received=True)
    gift.refresh_from_db()
    assert gift.state == "confirmed"


def test_whoever_looked_at_the_shipped_scheme_is_told_of_the_first_own_one(world):
    shipped = queries.scheme(COMMUNITY)
    lists = {of: getattr(shipped, of) for of in ("areas", "trades", "terms", "checks")}
    named = {"by": world.worker, "community": COMMUNITY, "source": "居民议事会", "lists": lists}
    first = actions.edit_scheme(seen=shipped.version, name="甲写的", **named)
    with pytest.raises(Changed):
        actions.edit_scheme(seen=shipped.version, name="乙写的", **named)
    assert queries.scheme(COMMUNITY) == first
