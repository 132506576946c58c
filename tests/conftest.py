"""What every test stands on: a real PostgreSQL, compiled texts, the demonstration community."""

import os

# Before any Django: Playwright runs a loop in our thread; pytest-django reads the settings.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import translation
from playwright.sync_api import Browser, sync_playwright
from tests.browser import launch

from liren.config import messages, paths, postgres
from liren.demo import community as demo_community
from liren.matters import actions, queries
from liren.matters.actions import Report
from liren.organisation.queries import actor_for

postgres.ensure()
messages.compile_all(paths.SOURCE_DIR)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests that look at pages: two in one process get in each other's way."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def no_limit_of_another_test():
    """Limits kept in the process's cache end with the test that reached them."""
    cache.clear()


@pytest.fixture(autouse=True)
def default_language() -> None:
    """Forget the language the last request of an earlier test was answered in."""
    translation.deactivate()


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


@pytest.fixture
def desk(client, demo):
    """Sign in as a demonstration role and return the client."""

    def sign_in(role: str = "worker"):
        client.logout()  # a new sign-in is a new session, with a clock of its own
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
