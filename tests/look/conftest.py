"""The gallery, which a served community does not have, put at an address for its tests."""

import types
from typing import Any

import pytest
from django.urls import include, path


@pytest.fixture
def gallery_urls(settings: Any) -> None:
    urls = types.ModuleType("gallery_root")
    urls.__dict__["urlpatterns"] = [
        path("", include("liren.look.gallery_urls")),
        path("", include("liren.look.urls")),
    ]
    settings.ROOT_URLCONF = urls
