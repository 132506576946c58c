"""Mobile posts: voluntary, two taps, nothing counted by person, gone with one tap."""

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.access.actor import anonymous
from liren.base.errors import Invalid, NotAllowed
from liren.demo.community import COMMUNITY, TRACK
from liren.matters.models import Matter
from liren.mobileposts import actions, queries
from liren.mobileposts.models import MobilePost
from liren.notifications.models import Notice
from liren.people.models import Consent, Person

pytestmark = pytest.mark.django_db
HERE = f"/c/{COMMUNITY}/mobile/"


def join(by, trade="courier"):
    return actions.join(by=by, community=COMMUNITY, trade=trade, agreed=True)


def test_joining_needs_an_account_a_trade_and_an_agreement(actor, client):
    with pytest.raises(NotAllowed):
        join(anonymous())
    for field, wrong in (("trade", {"trade": "king"}), ("agreed", {"agreed": False})):
        with pytest.raises(Invalid) as refused:
            actions.join(
                by=actor("resident"),
                **{"community": COMMUNITY, "trade": "courier", "agreed": True, **wrong},
            )
        assert field in refused.value.fields
    assert not MobilePost.objects.exists()
    assert not Consent.objects.filter(purpose="mobile_post").exists()
    sent = client.post(f"{HERE}join/", {"trade": "courier", "agreed": "on"})
    assert sent.status_code == 302
    assert "/accounts/login" in sent["Location"]


def test_joining_twice_changes_the_trade_only(actor):
    by = actor("resident")
    join(by)
    join(by, "driver")
    assert MobilePost.objects.get().trade == "driver"
    assert Consent.objects.filter(purpose="mobile_post").count() == 1


def test_two_taps_make_a_matter_at_the_posters_place(desk, actor, demo):
    client = desk("resident")
    join(actor("resident"))
    tag = demo.unit.tag
    scanned = client.get(f"/q/{tag}/")
    assert scanned["Location"] == f"{HERE}?place={demo.unit.code}"
    page = client.get(scanned["Location"])
    assert page.status_code == 200
    sent = client.post(HERE, {"place": demo.unit.code, "what": "road", "words": "", "once": "a"})
    matter = Matter.objects.get()
    assert sent["Location"] == f"{HERE}thanks/{matter.pk}/"
    assert (matter.place, matter.text) == (demo.unit, "路面坏了")
    assert matter.category.key == "safety.pit"
    assert (matter.longitude, matter.latitude) == (None, None)
    assert "谢谢" in client.get(sent["Location"]).text
    # Sent twice is told once.
    client.post(HERE, {"place": demo.unit.code, "what": "road", "words": "", "once": "a"})
    assert Matter.objects.count() == 1


def test_without_an_account_it_works_and_gives_a_receipt(client, demo):
    scanned = client.get(f"/q/{demo.unit.tag}/")
    assert "/report/" in scanned["Location"]
    offered = client.get(scanned["Location"])
    assert f"{HERE}?place={demo.unit.code}" in offered.text
    sent = client.post(
        HERE, {"place": demo.unit.code, "what": "help", "words": "老人坐在门口", "once": "b"}
    )
    matter = Matter.objects.get()
    assert sent["Location"].endswith(f"/matters/{matter.pk}/receipt/")
    assert matter.reporter is None
    assert matter.text == "有人需要帮忙：老人坐在门口"
    assert client.get(sent["Location"]).status_code == 200
    assert client.get(f"{HERE}thanks/{matter.pk}/").status_code in (200, 404)


def test_what_two_taps_refuse(client, demo):
    for wrong in (
        {"what": "king"},
        {"what": ""},
        {"what": "other", "words": " "},
        {"what": "road", "words": "长" * 301},
        {"what": "road", "place": "220103008004"},
        {"what": "road", "place": "x"},
        {"what": "road", "place": demo.household.code},
    ):
        sent = client.post(HERE, {"place": demo.unit.code, "words": "", **wrong})
        assert sent.status_code == 422, wrong
    assert not Matter.objects.exists()


def test_the_outcome_is_told(desk, actor, demo):
    from liren.matters import actions as matters

    join(actor("resident"))
    receipt = actions.tell(by=actor("resident"), place=demo.unit, what="ebike")
    holder = actor("unit") if receipt.matter.holder == demo.posts["unit"] else actor("worker")
    matters.accept(by=holder, matter=receipt.matter.pk)
    matters.handle(by=holder, matter=receipt.matter.pk, words="已劝车主挪走")
    assert Notice.objects.filter(
        person=demo.accounts["resident"].person_id, link__contains=str(receipt.matter.pk)
    ).exists()


def test_leaving_deletes_at_once_and_keeps_the_matters_as_ones_own(desk, actor, demo):
    by = actor("resident")
    join(by)
    matter = actions.tell(by=by, place=demo.unit, what="road").matter
    client = desk("resident")
    assert "退出" in client.get(f"{HERE}join/").text
    assert client.post(f"{HERE}leave/").status_code == 302
    assert not MobilePost.objects.exists()
    assert Consent.objects.get(purpose="mobile_post").withdrawn_at is not None
    matter.refresh_from_db()
    assert matter.reporter_id == by.person
    actions.leave(by=by, community=COMMUNITY)
    # And scanning leads to the usual page again.
    assert "/report/" in client.get(f"/q/{demo.unit.tag}/")["Location"]


def test_taking_the_consent_back_ends_it(actor):
    from liren.people import actions as people

    by = actor("resident")
    join(by)
    people.withdraw_consent(by=by, consent=Consent.objects.get(purpose="mobile_post").pk)
    assert not MobilePost.objects.exists()


def people_of(count, trade):
    for n in range(count):
        person = Person.objects.create(
            community=COMMUNITY, name=f"测试{trade}{n}", synthetic=True, **TRACK
        )
        MobilePost.objects.create(community=COMMUNITY, person=person, trade=trade, **TRACK)


def test_few_of_a_trade_are_not_told(actor, desk):
    """G10: trades with fewer than five are told together, fewer than five in all not at all."""
    by = actor("worker")
    assert queries.by_trade(by, COMMUNITY) == []
    people_of(3, "courier")
    assert queries.by_trade(by, COMMUNITY) is None
    people_of(6, "driver")
    people_of(2, "cleaner")
    told = {one.label: one.count for one in queries.by_trade(by, COMMUNITY)}
    assert told == {"司机": 6, "其他合计": 5}
    page = desk("worker").get("/office/mobile/")
    assert page.status_code == 200
    assert "快递员</th>" not in page.text
    assert "测试" not in page.text
    with pytest.raises(NotAllowed):
        queries.by_trade(actor("grid"), COMMUNITY)


def test_the_count_takes_one_statement_however_many(actor):
    by = actor("worker")
    for more in (1, 30):
        people_of(more, "rider" if more > 1 else "guard")
        with CaptureQueriesContext(connection) as seen:
            queries.by_trade(by, COMMUNITY)
        assert len(seen) == 1


def test_nothing_counts_or_follows_a_person():
    """G1, G2: no field for a position, a number of reports or a day of the last one."""
    fields = {f.name for f in apps.get_model("mobileposts.MobilePost")._meta.concrete_fields}
    assert fields == {
        "id",
        "community",
        "person",
        "trade",
        "joined_on",
        "synthetic",
        "changed_by",
        "changed_why",
        "changed_at",
    }
    # No other model points at it: who told what is only in the matter, for who told it.
    assert not list(apps.get_model("mobileposts.MobilePost")._meta.related_objects)


def test_the_poster_is_a_page_of_paper(desk):
    page = desk("worker").get(f"/office/mobile/poster/{COMMUNITY}/")
    assert page.status_code == 200
    assert page.content.startswith(b"%PDF")
    assert desk("worker").get("/office/mobile/poster/220103008004/").status_code in (403, 404)


@pytest.mark.parametrize("typed", ["\x00", "x", "２２", "9" * 5000])
def test_an_odd_place_is_not_there(desk, typed):
    assert desk("worker").get("/office/mobile/", {"at": typed}).status_code == 404
