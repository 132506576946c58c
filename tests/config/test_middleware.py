"""One transaction a request, refusals as pages, the database away."""

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.urls import path

from liren.access.limits import Limit, limited
from liren.access.web import actor_of
from liren.base.errors import Changed, Invalid, NotFound, Refused, TooMany
from liren.config import urls as real_urls
from liren.demo.community import COMMUNITY
from liren.territory.models import PlaceSet

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def who(request, **_kwargs):
    actor = actor_of(request)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, current_setting('liren.lo'), current_setting('liren.hi')"
        )
        role, low, high = cursor.fetchone()
    return HttpResponse(f"{actor.name}|{role}|{low}|{high}|{len(actor.posts)}")


def half(request):
    PlaceSet.objects.create(community=COMMUNITY, name="half", changed_by="x", changed_why="y")
    raise Invalid


def changed(_request):
    raise Changed(mine={"place": "3 号楼"}, theirs={"place": "5 号楼", "unseen": "别处"})


def odd(_request):
    raise Refused("这杯茶泡不了。", status=418)


def too_many(_request):
    raise TooMany(retry_after=17)


def missing(_request):
    raise NotFound


def away(_request):
    raise OperationalError("server closed the connection unexpectedly")


@limited(Limit("test", browser=3, family=5, address=8))
def often(_request):
    return HttpResponse("ok")


urlpatterns = [
    path("c/<str:community>/who/", who),
    path("who/", who),
    path("half/", half),
    path("changed/", changed),
    path("odd/", odd),
    path("too_many/", too_many),
    path("missing/", missing),
    path("away/", away),
    path("often/", often),
    *real_urls.urlpatterns,
]


def test_a_stranger_sees_nothing_and_a_community_page_sees_the_community(client):
    assert client.get("/who/").content.decode() == "anonymous|liren_app|||0"
    got = client.get(f"/c/{COMMUNITY}/who/").content.decode()
    assert got == f"anonymous|liren_app|{COMMUNITY}|{COMMUNITY}:|0"


def test_an_actor_gets_the_range_of_their_posts(client, demo):
    client.force_login(demo.accounts["unit"])
    name, role, low, high, posts = client.get("/who/").content.decode().split("|")
    assert name == f"person:{demo.accounts['unit'].person_id}"
    assert role == "liren_app"
    assert low == demo.posts["unit"].place_code
    assert high == low + ":"
    assert posts == "1"


def test_a_refusal_rolls_back_what_was_written(client):
    response = client.get("/half/")
    assert response.status_code == 422
    assert not PlaceSet.objects.filter(name="half").exists()


@pytest.mark.parametrize(("address", "status"), [("changed", 409), ("missing", 404), ("away", 503)])
def test_refusals_become_pages_with_the_right_status(client, address, status):
    assert client.get(f"/{address}/").status_code == status


def test_who_comes_second_sees_both_versions(client):
    response = client.get("/changed/")
    assert response.status_code == 409
    page = response.content.decode()
    assert "3 号楼" in page
    assert "5 号楼" in page
    assert "别处" not in page  # only what this person wanted to write


def test_a_fragment_gets_the_sentence_alone(client):
    response = client.post("/changed/", headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == str(Changed.default_message)


def test_a_status_without_a_page_of_its_own_keeps_its_words_and_status(client):
    response = client.get("/odd/")
    assert response.status_code == 418
    assert "这杯茶泡不了。" in response.content.decode()


def test_a_refusal_says_when_to_come_back(client):
    got, sent = client.get("/too_many/"), client.post("/too_many/")
    fragment = client.get("/too_many/", headers={"HX-Request": "true"})
    assert {r.status_code for r in (got, sent, fragment)} == {429}
    assert {r["Retry-After"] for r in (got, sent, fragment)} == {"17"}
    assert 'href="/too_many/"' in got.content.decode()
    # A link cannot send the form again.
    assert 'href="/too_many/"' not in sent.content.decode()


def test_a_browser_is_limited_before_the_carrier_is(client, settings):
    client.cookies[settings.CSRF_COOKIE_NAME] = "1" * 32
    assert [client.post("/often/", HTTP_USER_AGENT="a").status_code for _ in range(4)] == [
        200,
        200,
        200,
        429,
    ]
    client.cookies[settings.CSRF_COOKIE_NAME] = "2" * 32
    assert client.post("/often/", HTTP_USER_AGENT="b").status_code == 200
    refused = client.post("/often/", HTTP_USER_AGENT="a")
    refused = client.post("/often/", HTTP_USER_AGENT="a")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    other = client.post("/often/", HTTP_USER_AGENT="c", REMOTE_ADDR="10.0.0.9")
    assert other.status_code == 200
