"""QR posters: who may print them, what is on them, and that scanning leads to the report."""

import re

import pytest
from django.test import Client

from liren.demo.community import COMMUNITY
from liren.territory.models import Place

pytestmark = pytest.mark.django_db
PRINT = "/office/posters/pdf/"


def test_one_entrance_a_building_the_whole_community(desk, demo):
    client = desk("worker")
    units = Place.objects.filter(level="unit", community=COMMUNITY)
    Place.objects.filter(pk=demo.unit.pk).update(tag=None)
    for code, pages in [
        (demo.unit.code, 1),
        (demo.unit.parent.code, 2),
        (COMMUNITY, units.count()),
    ]:
        answer = client.post(PRINT, {"place": code})
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
        assert len(re.findall(rb"/Type ?/Page\b", answer.content)) == pages
    assert not units.filter(tag=None).exists()
    demo.unit.refresh_from_db()
    assert Client().get(f"/q/{demo.unit.tag}/")["Location"].startswith(f"/c/{COMMUNITY}/report/")


def test_a_code_once_printed_stays(desk, demo):
    client = desk("worker")
    before = Place.objects.get(pk=demo.unit.pk).tag
    client.post(PRINT, {"place": demo.unit.code})
    assert Place.objects.get(pk=demo.unit.pk).tag == before


def test_the_page_lists_buildings_then_entrances(desk, demo):
    client = desk("worker")
    page = client.get("/office/posters/")
    assert page.status_code == 200
    assert str(demo.unit.parent) in page.text
    below = client.get(f"/office/posters/?at={demo.unit.parent.code}")
    assert str(demo.unit) in below.text


def test_only_whoever_looks_after_the_places(desk, demo):
    assert Client().get("/office/posters/").status_code == 302
    assert Client().post(PRINT, {"place": COMMUNITY}).status_code == 403
    for role in ("resident", "unit", "officer"):
        assert desk(role).post(PRINT, {"place": COMMUNITY}).status_code == 403
    client = desk("worker")
    assert client.post(PRINT, {"place": "220103008004"}).status_code == 403
    assert client.post(PRINT, {"place": "x\x00"}).status_code == 404
    assert client.get("/office/posters/?at=2201").status_code == 403


def test_where_there_is_no_entrance(desk, demo):
    Place.objects.filter(level="unit").update(closed_on="2026-01-01")
    client = desk("worker")
    assert client.post(PRINT, {"place": COMMUNITY}).status_code == 422
    assert client.get("/office/posters/").status_code == 200


@pytest.mark.parametrize(
    ("host", "warned"),
    [
        ("localhost:8000", True),
        ("127.0.0.1", True),
        ("[::1]:8000", True),
        ("liren.example.org", False),
    ],
)
def test_an_address_only_this_computer_knows_is_warned_of(desk, demo, settings, host, warned):
    settings.ALLOWED_HOSTS = ["*"]
    page = desk("worker").get("/office/posters/", headers={"host": host})
    assert ("手机打不开这个网址" in page.text) is warned
