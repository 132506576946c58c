"""The desk's pages of the network."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liren.base import clock
from liren.demo.community import COMMUNITY
from liren.organisation.models import Arrangement, Post, Term
from liren.people.models import Person
from liren.territory.models import Place

pytestmark = pytest.mark.django_db
OVERVIEW = reverse("network:overview")


def gap_of(place, kind="unit_leader"):
    return reverse("network:gap", args=[place.pk, kind])


@pytest.fixture
def vacant(demo):
    """The demonstration's entrance without its leader."""
    Term.objects.filter(post=demo.posts["unit"]).delete()
    return demo.unit


def test_the_desk_sees_what_is_missing_and_where_needs_go_meanwhile(desk, vacant, demo):
    page = desk("worker").get(OVERVIEW)
    assert page.status_code == 200
    assert str(vacant) in page.text
    assert demo.posts["building"].title in page.text
    assert gap_of(vacant) not in page.text  # who may not give posts is shown no button
    assert gap_of(vacant) in desk("secretary").get(OVERVIEW).text


def test_both_lines_are_there_and_a_wrong_address_is_not(desk, demo):
    client = desk("secretary")
    party = client.get(OVERVIEW, {"line": "party"})
    assert "单元党员中心户" in party.text
    assert client.get(OVERVIEW, {"line": "nothing"}).status_code == 404
    assert client.get(OVERVIEW, {"at": "1"}).status_code == 404
    assert client.get(OVERVIEW, {"at": "<x>", "after": "x.y", "step": "²"}).status_code == 404
    assert client.get(OVERVIEW, {"after": "x.y", "step": "²"}).status_code == 200
    assert client.get(OVERVIEW, {"at": COMMUNITY[:9]}).status_code == 403
    assert desk("resident").get(OVERVIEW).status_code == 403


def test_a_gap_is_filled_by_somebody_who_lives_there(desk, vacant):
    client = desk("secretary")
    person = Person.objects.filter(place_code__startswith=vacant.code).first()
    page = client.get(gap_of(vacant))
    assert person.name in page.text
    sent = client.post(gap_of(vacant), {"do": "fill", "person": str(person.pk)})
    assert sent.status_code == 302
    assert Term.objects.get(post__place=vacant, post__type="unit_leader").person == person
    assert str(vacant) not in client.get(OVERVIEW, {"step": "0"}).text.split("</table>")[-2]


def test_a_post_that_did_not_exist_is_opened_with_it(desk, vacant):
    Post.objects.filter(place=vacant, type="unit_leader").update(closed_on=clock.today())
    client = desk("secretary")
    person = Person.objects.filter(place_code__startswith=vacant.code).first()
    client.post(gap_of(vacant), {"do": "fill", "person": str(person.pk)})
    assert Post.objects.filter(place=vacant, type="unit_leader", closed_on=None).count() == 1


def test_somebody_stands_in_and_it_is_taken_back(desk, vacant, demo):
    client = desk("secretary")
    wrong = client.post(gap_of(vacant), {"do": "stand_in", "post": "", "until": "", "reason": ""})
    assert wrong.status_code == 422
    until = clock.today() + timedelta(days=30)
    sent = {
        "do": "stand_in",
        "post": str(demo.posts["building"].pk),
        "until": until.isoformat(),
        "reason": "楼长先兼着",
    }
    past = client.post(gap_of(vacant), {**sent, "until": "2020-01-01"})
    assert past.status_code == 422
    assert "这一天已经过去了" in past.text
    assert "楼长先兼着" in past.text
    assert client.post(gap_of(vacant), sent).status_code == 302
    arranged = Arrangement.objects.get()
    assert "楼长先兼着" in client.get(gap_of(vacant)).text
    client.post(reverse("network:take_back", args=[arranged.pk]))
    assert not Arrangement.objects.exists()


def test_a_place_can_need_nobody(desk, vacant):
    client = desk("secretary")
    sent = {"do": "not_needed", "reason": "整栋待拆"}
    assert client.post(gap_of(vacant), sent).status_code == 302
    assert Arrangement.objects.get().kind == "not_needed"
    assert client.post(gap_of(vacant), {"do": "else"}).status_code == 404
    assert client.get(gap_of(vacant, "grid_leader")).status_code == 404


@pytest.mark.parametrize("many", [1, 3])
def test_statements_do_not_grow_with_the_gaps(desk, demo, many):
    client = desk("secretary")
    client.get(OVERVIEW)
    units = Place.objects.filter(level="unit").order_by("code")[:many]
    Term.objects.filter(post__place__in=units).delete()
    with CaptureQueriesContext(connection) as seen:
        assert client.get(OVERVIEW).status_code == 200
    assert len(seen) <= 22
    print(len(seen))
