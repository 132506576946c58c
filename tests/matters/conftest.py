"""Matters to work on, and the people of the demonstration signed in."""

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
