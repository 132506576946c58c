"""Up and down the line: the grid sees its whole grid, an entrance only itself, masked; sharing."""

import pytest
from django.urls import reverse

from liren.base.errors import Invalid, NotAllowed, NotFound
from liren.matters import actions, queries
from liren.matters.models import Entry
from liren.notifications.models import Address, Delivery, Notice
from liren.organisation.models import Post
from liren.territory.models import Place

pytestmark = pytest.mark.django_db
PHONE = "13800000001"


@pytest.fixture
def elsewhere(demo):
    """Another entrance of the same grid."""
    return Place.objects.filter(level="unit").exclude(pk=demo.unit.pk).order_by("code").first()


def test_the_grid_sees_its_grid_and_an_entrance_only_itself(need, actor, demo, elsewhere):
    here, there = need(), need("地上有油", place=elsewhere)
    assert set(queries.visible(actor("grid"))) == {here, there}
    assert set(queries.visible(actor("unit"))) == {here}
    with pytest.raises(NotFound):
        queries.get(actor("unit"), there.pk)


def test_a_leader_reads_no_name_and_no_number(desk, need, demo):
    matter = need(contact_name="钱某某", contact_phone=PHONE)
    person = demo.accounts["resident"].person
    for role in ("unit", "building", "grid"):
        page = desk(role).get(f"/field/matters/{matter.pk}/")
        assert page.status_code == 200
        for hidden in (PHONE, "钱某某", person.name):
            assert hidden not in page.text


def test_sharing_up_tells_the_post_and_stays_in_the_timeline(desk, need, actor, demo):
    matter = need()
    client = desk("unit")
    page = reverse("recruitment:share", args=[matter.pk])
    assert page in client.get(f"/field/matters/{matter.pk}/").text
    assert demo.posts["building"].title in client.get(page).text
    target = str(demo.posts["building"].pk)
    assert client.post(page, {"post": target, "words": ""}).status_code == 422
    assert client.post(page, {"post": str(matter.pk), "words": "x"}).status_code == 422
    assert client.post(page, {"post": target, "words": "请一起看看电路"}).status_code == 302
    entry = Entry.objects.filter(matter=matter).latest("at")
    assert (entry.verb, entry.to_post_id, entry.internal) == (
        "comment",
        demo.posts["building"].pk,
        True,
    )
    told = Notice.objects.get(kind="matter.comment")
    assert told.person_id == demo.accounts["building"].person_id
    assert "请一起看看电路" in told.body
    matter.refresh_from_db()
    assert matter.holder_id == demo.posts["unit"].pk
    # The resident reads nothing of what staff asks one another.
    assert (
        "请一起看看电路"
        not in desk("resident").get(f"/c/{matter.community}/matters/{matter.pk}/").text
    )


def test_sharing_down_reaches_the_leaders_below_who_see_no_more_for_it(need, actor, demo):
    building = demo.posts["building"].place
    matter = need("楼顶漏水", place=building)
    by = actor("building")
    below = {post.pk for post in queries.sharers(by, matter)}
    assert demo.posts["unit"].pk in below
    assert demo.posts["grid"].pk in below
    assert demo.posts["building"].pk not in below
    Address.objects.create(
        community=matter.community,
        person_id=demo.accounts["unit"].person_id,
        channel="sms",
        target=PHONE,
        changed_by="test",
        changed_why="test",
    )
    actions.share(by=by, matter=matter.pk, post=demo.posts["unit"].pk, words="请问问顶楼")
    told = Notice.objects.get(person=demo.accounts["unit"].person_id)
    # They are asked; the matter is not theirs to open, by no link either.
    assert told.link == ""
    assert not Delivery.objects.get(notice=told).link
    assert matter not in set(queries.visible(actor("unit")))


def test_whoever_it_is_about_is_not_offered(need, actor, demo):
    """G7: neither above nor below."""
    matter = need("楼顶漏水", place=demo.posts["building"].place)
    matter.about_persons = [demo.accounts["unit"].person_id]
    matter.save()
    offered = {post.pk for post in queries.sharers(actor("building"), matter)}
    assert demo.posts["unit"].pk not in offered
    assert demo.posts["grid"].pk in offered


def test_what_sharing_refuses(need, actor, demo):
    matter = need()
    stranger = Post.objects.filter(type="department").first()
    with pytest.raises(Invalid):
        actions.share(by=actor("unit"), matter=matter.pk, post=stranger.pk, words="看看")
    # Whoever only looks on from the place does not share; the resident neither.
    for role in ("grid", "resident"):
        with pytest.raises(NotAllowed):
            actions.share(
                by=actor(role), matter=matter.pk, post=demo.posts["building"].pk, words="看看"
            )
    hidden = need("有人半夜吵", shielded=True)
    with pytest.raises((NotAllowed, NotFound)):
        actions.share(
            by=actor("worker"), matter=hidden.pk, post=demo.posts["building"].pk, words="看看"
        )
    assert not Notice.objects.filter(kind="matter.comment").exists()
