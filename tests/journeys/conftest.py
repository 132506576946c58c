"""Whole journeys in a real browser: every page visited is read by axe, and can be photographed."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page
from tests.browser import SIZES, faults

from liren.demo import community as demo_community

# `make screenshots` names a folder; a plain test run keeps nothing.
PICTURES = os.environ.get("LIREN_SCREENSHOTS", "")


class Reader:
    """One person at one screen, signed in as a role of the demonstration."""

    def __init__(
        self, browser: Browser, base: str, role: str, size: str, *, english: bool = False
    ) -> None:
        width, height = SIZES[size]
        self.context = browser.new_context(
            base_url=base,
            viewport={"width": width, "height": height},
            locale="zh-CN",
            reduced_motion="reduce",
            has_touch=size == "phone",
        )
        if english:
            cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": base}
            self.context.add_cookies([cookie])
        self.size, self.role = size, role
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on(
            "response",
            lambda r: self.wrong.append(f"{r.status} {r.url}") if r.status >= 500 else None,
        )
        if role:
            self.go("/")
            self.page.locator(f'form[action$="/demo/sign-in/{role}/"] button').click()
            self.page.wait_for_load_state("networkidle")

    def go(self, path: str) -> None:
        self.page.goto(path)
        self.page.wait_for_load_state("networkidle")

    def press(self, text: str, *, within: str = "main") -> None:
        """Press a button or follow a link by its words."""
        target = (
            self.page.locator(within).locator("a, button, summary, label").filter(has_text=text)
        )
        target.first.click()
        self.page.wait_for_load_state("networkidle")

    def send(self, form: str) -> None:
        """Press the button that sends the form this selector finds."""
        self.page.locator(form).locator('button[type="submit"]').click()
        self.page.wait_for_load_state("networkidle")

    def look(self, name: str) -> None:
        """Let axe read the page, and take its picture when pictures are wanted."""
        self.wrong += [f"{name}: {fault}" for fault in faults(self.page)]
        if PICTURES:
            folder = Path(PICTURES)
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"{name}-{self.size}.png", full_page=True)

    def says(self, text: str) -> None:
        """Fail unless the page shows these words."""
        body = self.page.locator("body").inner_text()
        assert text in body, f"{text!r} not in {body[:1500]}"


@pytest.fixture
def world(transactional_db, settings):
    """The demonstration community, small, with its one-click sign-ins."""
    settings.DEMO = True
    return demo_community.build(grids=1, buildings=2, units=2, households=2)


@pytest.fixture
def reader(chromium, live_server, world):
    """Make readers; whatever went wrong on any of their pages fails the test."""
    made: list[Reader] = []

    def make(role: str, size: str = "phone", *, english: bool = False) -> Reader:
        made.append(Reader(chromium, live_server.url, role, size, english=english))
        return made[-1]

    yield make
    wrong = [f"{r.role or 'anonymous'} {r.size}: {w}" for r in made for w in r.wrong]
    for one in made:
        one.context.close()
    assert wrong == []
