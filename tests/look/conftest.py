"""The gallery, which a served community does not have, put at an address for its tests."""

import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import include, path
from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture
def gallery_urls(settings: Any) -> None:
    urls = types.ModuleType("gallery_root")
    urls.__dict__["urlpatterns"] = [
        path("", include("liren.look.gallery_urls")),
        path("", include("liren.look.urls")),
    ]
    settings.ROOT_URLCONF = urls


@pytest.fixture
def open_page(
    chromium: Browser, live_server: Any, gallery_urls: None
) -> Iterator[Callable[..., Page]]:
    """Open a page of the gallery as a reader with these settings; script errors fail the test.

    So does anything the content security policy refused.
    """
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def opened(path: str, *, width: int = 375, scheme: str = "light", size: str = "") -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 812 if width < 700 else 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            locale="zh-CN",
            reduced_motion="reduce",
            has_touch=width < 700,
        )
        contexts.append(context)
        if size:
            context.add_cookies([{"name": "liren_size", "value": size, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if "Content Security Policy" in message.text
                or "Content-Security-Policy" in message.text
                else None
            ),
        )
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
