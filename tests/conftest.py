"""Fixtures everybody uses."""

import pytest

from liren.demo import community as demo_community
from liren.organisation.queries import actor_for


@pytest.fixture
def demo(db):
    """The demonstration community, small."""
    return demo_community.build(grids=2, buildings=2, units=2, households=2)


@pytest.fixture
def actor(demo):
    """Return the actor of a demonstration role, using the community's pages."""

    def make(role: str, home: str = demo_community.COMMUNITY):
        return actor_for(demo.accounts[role].person_id, home=home)

    return make
