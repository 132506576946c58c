"""What every test stands on: a real PostgreSQL, compiled texts, the demonstration community."""

import os

# Before any Django: Playwright runs a loop in our thread; pytest-django reads the settings.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

import pytest

from liren.config import messages, paths, postgres
from liren.demo import community as demo_community
from liren.organisation.queries import actor_for

postgres.ensure()
messages.compile_all(paths.SOURCE_DIR)


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
