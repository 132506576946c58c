"""Matters to work on, and the people of the demonstration signed in."""

import re

import pytest


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
