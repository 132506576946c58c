"""Whoever's term has ended has lost their access at once, also in an open session and by links."""

from datetime import timedelta

import pytest

from liren.base import clock
from liren.matters import links
from liren.organisation import actions
from liren.organisation.models import Term

pytestmark = pytest.mark.django_db


@pytest.fixture
def term(demo):
    return Term.objects.get(post=demo.posts["unit"])


@pytest.fixture
def yesterday():
    return clock.today() - timedelta(days=1)


def test_an_open_session_is_closed_by_the_end_of_the_term(desk, actor, need, term, yesterday):
    matter = need()
    secretary = actor("secretary")
    client = desk("unit")
    page = f"/field/matters/{matter.pk}/"
    assert client.get("/field/").status_code == 200
    assert client.get(page).status_code == 200
    actions.end_term(by=secretary, term=term.pk, ends=yesterday)
    # The same browser, the next request.
    for path in ("/field/", "/field/places/", page):
        answer = client.get(path)
        assert answer.status_code == 403, path
        assert "任期" in answer.text
        assert term.post.title in answer.text
    done = client.post(f"/field/matters/{matter.pk}/accept/", {"seen": "1"})
    assert done.status_code in (403, 404)
    matter.refresh_from_db()
    assert (matter.status, matter.version) == ("submitted", 1)


def test_handing_over_moves_access_and_the_open_matters_on_the_day(desk, actor, need, term, demo):
    matter = need()
    old, new = desk("unit"), demo.accounts["resident"]
    assert old.get(f"/field/matters/{matter.pk}/").status_code == 200
    following = actions.hand_over(
        by=actor("secretary"),
        term=term.pk,
        person=new.person_id,
        on=clock.today(),
    )
    assert old.get(f"/field/matters/{matter.pk}/").status_code == 403
    fresh = desk("resident")
    assert fresh.get(f"/field/matters/{matter.pk}/").status_code == 200
    matter.refresh_from_db()
    assert matter.holder_id == term.post_id == following.post_id
    assert following.taken_over.carried == 1


def test_a_one_tap_link_ends_with_its_term(client, actor, need, term, yesterday):
    matter = need()
    path = links.path_to(matter.pk, term.pk)
    assert client.get(path).status_code == 200
    actions.end_term(by=actor("secretary"), term=term.pk, ends=yesterday)
    answer = client.get(path)
    assert answer.status_code == 410
    assert "任期" in answer.text
    assert client.post(f"{path}accept/", {}).status_code in (405, 410, 404)
    matter.refresh_from_db()
    assert matter.version == 1


def test_a_cover_ends_with_the_term_it_stands_in_for(desk, actor, need, term, demo, yesterday):
    matter = need()
    actions.be_away(
        by=actor("secretary"),
        term=term.pk,
        starts=clock.today(),
        ends=clock.today() + timedelta(days=5),
        cover=demo.posts["building"].pk,
    )
    assert term.post_id in actor("building").posts
    actions.end_term(by=actor("secretary"), term=term.pk, ends=yesterday)
    assert term.post_id not in actor("building").posts
    assert not term.absences.exists()
    assert matter.pk


def test_a_page_shown_before_the_hand_over_does_not_hand_over_again(desk, actor, term, demo):
    client = desk("secretary")
    page = f"/office/network/post/{term.post_id}/"
    resident = demo.accounts["resident"].person_id
    actions.hand_over(by=actor("secretary"), term=term.pk, person=resident, on=clock.today())
    other = demo.accounts["grid"].person
    sent = {
        "do": "hand_over",
        "term": str(term.pk),
        "person": str(other.pk),
        "on": (clock.today() + timedelta(days=3)).isoformat(),
    }
    assert client.post(f"{page}?q={other.name}", sent).status_code == 409
    ended = {"do": "end", "term": str(term.pk), "ends": clock.today().isoformat()}
    assert client.post(page, ended).status_code == 409
    assert Term.objects.filter(post=term.post_id).count() == 2


def test_the_post_shows_what_stays_with_it_and_who_handed_over(desk, actor, need, term, demo):
    matter = need()
    page = f"/office/network/post/{term.post_id}/"
    actions.write_hand_over(by=actor("unit"), term=term.pk, note="五楼老人周三要送药")
    shown = desk("secretary").get(page)
    assert shown.status_code == 200
    assert f"/office/matters/{matter.pk}/" in shown.text
    assert "五楼老人周三要送药" in shown.text
    resident = demo.accounts["resident"].person_id
    following = actions.hand_over(
        by=actor("secretary"), term=term.pk, person=resident, on=clock.today()
    )
    assert following.taken_over.note == "五楼老人周三要送药"
    assert following.taken_over.read_at is None
    actions.read_first_day(by=actor("resident"), term=following.pk)
    following.refresh_from_db()
    assert following.welcomed_at is not None
    following.taken_over.refresh_from_db()
    assert following.taken_over.read_at is not None
    assert desk("secretary").get(page).status_code == 200
