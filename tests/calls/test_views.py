"""The pages: what is refused how, what a link opens, how many statements a list needs."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from liren.base import clock
from liren.calls import actions, links
from liren.calls.models import Answer, Call
from liren.demo.community import COMMUNITY
from liren.notifications.models import Notice

pytestmark = pytest.mark.django_db


def fields(page) -> dict:
    """What stands in the form to begin with, as the browser would send it."""
    form = page.context["form"]
    found = {"kind": page.context["kind"].key}
    for name in form.fields:
        value = form[name].value()
        if name in ("closes_at", "at"):
            value = value.strftime("%Y-%m-%dT%H:%M") if value else ""
        if value not in (None, False):
            found[name] = value
    return found


def test_three_taps_on_the_phone_send_a_call(desk, demo, actor):
    client = desk("grid")
    assert "/field/calls/" in client.get("/field/").content.decode()
    assert "/field/calls/new/?kind=snow" in client.get("/field/calls/").content.decode()
    page = client.get("/field/calls/new/?kind=snow")
    said = page.context["reach"]
    assert f"会通知 {said} 人" in page.content.decode()
    sent = client.post("/field/calls/new/", fields(page))
    call = Call.objects.get()
    assert sent["Location"] == f"/field/calls/{call.pk}/"
    assert call.rings.get().reached == said > 0
    # The same again leads to the one that runs.
    again = client.post("/field/calls/new/", fields(page))
    assert again["Location"] == f"/field/calls/{call.pk}/"
    assert Call.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("title", "", "请填写这一项"),
        ("audiences", [], "请填写这一项"),
        ("closes_at", "2020-01-01T00:00", "已经过了"),
        ("at", "2020-01-01T00:00", "已经过了"),
        ("roles", "推雪", "分工和人数"),
        ("roles", "推雪 0", "需要多少人"),
        ("roles", "推雪 999999", "需要多少人"),
        ("closes_at", "morgen", ""),
    ],
)
def test_bad_input_says_what_to_do_and_keeps_the_rest(desk, demo, name, value, says):
    client = desk("grid")
    sent = fields(client.get("/field/calls/new/?kind=snow"))
    answer = client.post("/field/calls/new/", {**sent, name: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    said = " ".join(str(e) for e in answer.context["form"].errors.get(name, []))
    assert says in said, answer.context["form"].errors
    assert "铁锹" in page
    assert not Call.objects.exists()


def test_an_unknown_kind_or_verb_is_not_there(desk, snow):
    client = desk("grid")
    assert client.get("/field/calls/new/?kind=war").status_code == 404
    assert client.post(f"/field/calls/{snow.pk}/explode/").status_code == 404
    assert client.get("/field/calls/reach/?place=x").status_code == 404
    assert client.get(f"/field/calls/reach/?place={COMMUNITY}").status_code == 403
    grid = snow.place_code
    for key in ("post:%00", "%00", "nobody:x", "post:"):
        assert client.get(f"/field/calls/reach/?place={grid}&audiences={key}").status_code == 200
    for seen in ("", "x", "²", "9" * 5000):
        assert client.post(f"/field/calls/{snow.pk}/widen/", {"seen": seen}).status_code == 409


def test_roles_are_read_as_a_chinese_keyboard_types_them(desk, demo):
    client = desk("grid")
    sent = fields(client.get("/field/calls/new/?kind=snow"))
    client.post("/field/calls/new/", {**sent, "roles": "推雪　６人\n　\n送水 2"})
    assert Call.objects.get().roles == [
        {"name": "推雪", "needed": 6},
        {"name": "送水", "needed": 2},
    ]


def test_the_one_who_calls_watches_and_closes(desk, actor, snow):
    actions.answer(by=actor("unit"), call=snow.pk, said="coming", role=1)
    client = desk("grid")
    page = client.get(f"/field/calls/{snow.pk}/").content.decode()
    assert "every 2s" in page
    assert "1 / 8" in client.get(f"/field/calls/{snow.pk}/live/").content.decode()
    assert client.post(f"/field/calls/{snow.pk}/close/").status_code == 302
    assert client.post(f"/field/calls/{snow.pk}/close/").status_code == 409
    live = client.get(f"/field/calls/{snow.pk}/live/")
    assert (live.status_code, live["HX-Refresh"]) == (286, "true")
    assert "只留人数" in client.get(f"/field/calls/{snow.pk}/").content.decode()


def test_whoever_is_asked_answers_on_the_stairs(desk, snow):
    client = desk("unit")
    page = client.get(f"/field/calls/{snow.pk}/").content.decode()
    assert "我来 · 推雪" in page
    assert client.post(f"/field/calls/{snow.pk}/answer/", {"tap": "coming:1"}).status_code == 302
    assert "您的回复：我来 · 推雪" in client.get(f"/field/calls/{snow.pk}/").content.decode()
    for tap, status in (("coming:9", 422), ("x", 422), ("", 422), ("coming:-1", 422)):
        answer = client.post(f"/field/calls/{snow.pk}/answer/", {"tap": tap})
        assert answer.status_code == status, tap
    assert Answer.objects.count() == 1


def test_a_resident_answers_and_strangers_find_nothing(desk, demo, actor, draft, neighbour):
    call = actions.make(by=actor("grid"), draft=draft(audiences=["opted_in"]))
    address = f"/c/{COMMUNITY}/calls/{call.pk}/"
    client = desk("resident")
    assert client.get(f"/calls/{call.pk}/")["Location"] == address
    assert "我来 · 推雪" in client.get(address).content.decode()
    client.post(address, {"tap": "coming:2"})
    assert Answer.objects.get().role == 2
    client.post(address, {"tap": "none:0"})
    assert not Answer.objects.exists()
    actions.close(by=actor("grid"), call=call.pk)
    assert "结束了" in client.get(address).content.decode()
    assert client.post(address, {"tap": "coming:1"}).status_code == 410
    assert desk("department").get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_the_link_of_a_message_answers_without_signing_in(actor, snow):
    person = actor("unit").person
    path = links.path_to(snow.pk, person)
    client = Client()
    assert "我来 · 推雪" in client.get(path).content.decode()
    assert not Answer.objects.exists()  # looking is no answer
    assert client.post(path, {"tap": "coming:1"}).status_code == 302
    assert client.post(path, {"tap": "cannot:0"}).status_code == 302
    assert Answer.objects.get(person=person).said == "cannot"
    # It is a key to nothing else.
    assert client.get("/field/").status_code in (302, 403)
    actions.close(by=actor("grid"), call=snow.pk)
    assert client.get(path).status_code == 410
    assert client.post(path, {"tap": "coming:1"}).status_code == 410


@pytest.mark.parametrize("spoil", [lambda t: t[:-3] + "AA/", lambda t: "/r/xx/", lambda t: "/r/é/"])
def test_a_forged_link_is_not_there(actor, snow, spoil):
    path = links.path_to(snow.pk, actor("unit").person)
    assert Client().get(spoil(path)).status_code == 404


def test_a_link_for_somebody_who_was_not_asked_is_not_there(actor, snow):
    path = links.path_to(snow.pk, actor("resident").person)
    assert Client().get(path).status_code == 404
    assert Client().post(path, {"tap": "coming:1"}).status_code == 404


def test_an_answer_by_link_costs_few_statements(actor, snow, django_assert_max_num_queries):
    client = Client()
    path = links.path_to(snow.pk, actor("unit").person)
    client.post(path, {"tap": "coming:1"})
    with django_assert_max_num_queries(7):  # counted, the call, the transaction, the answer
        client.post(path, {"tap": "coming:2"})


def test_joining_and_leaving_on_ones_own_page(desk, demo):
    client = desk("resident")
    address = f"/c/{COMMUNITY}/me/calls/"
    assert "有事叫我" in client.get(f"/c/{COMMUNITY}/me/").content.decode()
    client.post(address, {"on": "yes"})
    assert "以后别叫我了" in client.get(address).content.decode()
    client.post(address, {"on": "no"})
    assert "同意，有事叫我" in client.get(address).content.decode()


def test_widening_and_telling_the_next_in_line(desk, demo, actor, draft):
    place = demo.posts["building"].place_code
    call = actions.make(by=actor("building"), draft=draft(place=place))
    client = desk("building")
    assert "告诉上一级" in client.get(f"/field/calls/{call.pk}/").content.decode()
    wide = client.post(f"/field/calls/{call.pk}/widen/", {"seen": "1"})
    assert wide.status_code == 403
    client.post(f"/field/calls/{call.pk}/pass-up/")
    link = Notice.objects.get(kind="call.few").link
    client = desk("grid")
    assert client.get(link)["Location"] == f"/field/calls/{call.pk}/"
    assert "扩大到第" in client.get(f"/field/calls/{call.pk}/").content.decode()
    assert client.post(f"/field/calls/{call.pk}/widen/", {"seen": "x"}).status_code == 409
    assert client.post(f"/field/calls/{call.pk}/widen/", {"seen": "1"}).status_code == 302
    # Whoever made it goes on seeing it, beyond their own place.
    page = desk("building").get(f"/field/calls/{call.pk}/")
    assert page.status_code == 200


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("address", ["/field/calls/", "/office/calls/"])
def test_lists_need_the_same_statements_for_one_and_three(
    desk, demo, actor, draft, count, address, django_assert_num_queries
):
    for n in range(count):
        actions.make(by=actor("grid"), draft=draft(title=f"扫雪第{n}次"))
    client = desk("worker")
    client.get(address)
    cache.clear()
    expected = {"/field/calls/": 14, "/office/calls/": 10}[address]
    with django_assert_num_queries(expected):
        client.get(address)


def test_the_desk_filters_by_state(desk, actor, snow):
    client = desk("worker")
    assert snow.title in client.get("/office/calls/?state=running").content.decode()
    assert snow.title not in client.get("/office/calls/?state=closed").content.decode()
    assert client.get("/office/calls/?state=nonsense&page=9x").status_code == 200
    assert client.get(f"/office/calls/{snow.pk}/").status_code == 200


def test_a_call_that_is_over_by_the_clock_says_so(desk, snow):
    client = desk("grid")
    with clock.freeze(snow.closes_at + timedelta(minutes=1)):
        assert client.get(f"/field/calls/{snow.pk}/").status_code == 200
        answer = client.post(f"/field/calls/{snow.pk}/answer/", {"tap": "coming:1"})
        assert answer.status_code in (404, 410)
