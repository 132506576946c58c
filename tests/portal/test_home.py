"""The first page and a community's home."""

import gzip

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.demo.community import COMMUNITY
from liren.matters import actions
from liren.matters.actions import Report
from liren.organisation.models import Organisation

pytestmark = pytest.mark.django_db
HOME = f"/c/{COMMUNITY}/"


@pytest.fixture
def resident(client, demo):
    client.force_login(demo.accounts["resident"])
    return client


def test_one_community_opens_at_once_except_on_a_demonstration(client, demo, settings):
    assert client.get("/")["Location"] == HOME
    settings.DEMO = True
    page = client.get("/")
    assert page.status_code == 200
    assert "编的" in page.text  # says what is made up
    for role in demo.accounts:
        assert f'action="/demo/sign-in/{role}/"' in page.text


def test_without_any_community_it_says_so(client, demo):
    Organisation.objects.update(closed_on="2026-01-01")
    page = client.get("/")
    assert page.status_code == 200
    assert "还没有社区" in page.text


def test_three_doors_four_buttons_and_no_dead_link(client, demo):
    page = client.get(HOME)
    for door in ("report/", "talk/", "services/", "matters/"):
        assert f'href="{HOME}{door}"' in page.text
        assert client.get(f"{HOME}{door}", follow=True).status_code == 200
    assert "首页" in page.text
    assert "我的" in page.text


def test_who_is_responsible_is_named_by_post_never_by_person(resident, demo):
    page = resident.get(HOME).text
    assert demo.posts["unit"].title in page
    assert demo.posts["unit"].terms.get().person.name not in page
    assert page.index(demo.posts["unit"].title) < page.index(demo.posts["building"].title)


def test_anybody_finds_who_is_responsible_for_a_place(client, demo):
    first = client.get(f"{HOME}leaders/")
    assert f"{HOME}leaders/?at=" in first.text
    shown = client.get(f"{HOME}leaders/?place={demo.unit.code}")
    assert demo.posts["unit"].title in shown.text
    assert client.get(f"{HOME}leaders/?place=1%00").status_code == 422


def test_a_community_that_is_not_here(client, demo):
    assert client.get("/c/999999999999/").status_code == 404
    assert client.get("/c/22010300800/").status_code == 404
    assert client.get("/c/２２０１０３００８００３/").status_code == 404


def test_as_many_statements_for_three_matters_as_for_one(resident, demo, actor):
    who = actor("resident")
    counts = []
    for more in (1, 2):
        for number in range(more):
            need = Report(place=demo.unit, text=f"灯 {more} {number}", reporter=who.person)
            actions.report(by=who, need=need)
        with CaptureQueriesContext(connection) as caught:
            assert resident.get(HOME).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1]
    assert counts[0] <= 16


@pytest.mark.parametrize("path", ["", "report/"])
def test_a_first_visit_weighs_little(path, resident, demo):
    """At most 250 KB gzipped: the page and every sheet and script it names."""
    import re

    page = resident.get(HOME + path)
    total = len(gzip.compress(page.content, 6))
    for name in set(re.findall(r'(?:href|src)="/static/([^"]+)"', page.text)):
        found = finders.find(name)
        assert found, name
        with open(found, "rb") as file:
            total += len(gzip.compress(file.read(), 6))
    assert total <= 250 * 1024
