"""Matters to work on, and the people of the demonstration signed in."""

import re

import pytest

from liren.matters import actions, queries
from liren.matters.actions import Report


@pytest.fixture
def desk(client, demo):
    """Sign in as a demonstration role and return the client."""

    def sign_in(role: str = "worker"):
        client.force_login(demo.accounts[role])
        return client

    return sign_in


@pytest.fixture
def need(demo, actor):
    """Report a need as the resident of the demonstration and return its matter."""

    def make(text: str = "三楼楼道灯不亮", *, key: str = "upkeep.light", place=None, **extra):
        resident = actor("resident")
        category = queries.categories(demo.community.code).get(key=key) if key else None
        return actions.report(
            by=resident,
            need=Report(
                place=place or demo.unit,
                text=text,
                category=category,
                reporter=resident.person,
                **extra,
            ),
        ).matter

    return make


@pytest.fixture
def resident(client, demo):
    """Return a browser in which the demonstration's resident is signed in."""
    client.force_login(demo.accounts["resident"])
    return client


@pytest.fixture
def form(demo):
    """Open the report form in a browser and return what it would send, changed as asked."""

    def fill(browser, **changes):
        place = changes.get("place", demo.unit.code)
        page = browser.get(f"/c/{demo.community.code}/report/?place={place}")
        once = re.search(r'name="once" value="(\w+)"', page.text)
        data = {
            "text": "三楼楼道灯不亮",
            "place": place,
            "via": "web",
            "once": once.group(1) if once else "",
        }
        return {**data, **changes}

    return fill
