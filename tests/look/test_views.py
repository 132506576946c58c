"""Display settings, manifest, worker, offline page, refusals."""

import io
import json

import pytest
from django.test import Client, RequestFactory
from PIL import Image

from liren.base.errors import Changed, Invalid, NotFound, Refused, TooMany
from liren.look import errors

pytestmark = [pytest.mark.usefixtures("gallery_urls"), pytest.mark.django_db]


def test_preferences_are_cookies(client: Client) -> None:
    form = {"theme": "dark", "size": "large", "language": "en", "next": "/gallery/?a=1"}
    response = client.post("/look/preferences/", form)
    assert response.status_code == 302
    assert response["Location"] == "/gallery/?a=1"
    kept = {name: morsel.value for name, morsel in response.cookies.items()}
    assert kept == {"liren_theme": "dark", "liren_size": "large", "django_language": "en"}
    html = client.get("/gallery/portal/").content.decode()
    assert '<html lang="en" data-bs-theme="dark" data-size="large"' in html
    response = client.post("/look/preferences/", {"size": "normal", "theme": "auto"})
    assert {response.cookies[name].value for name in ("liren_size", "liren_theme")} == {""}


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "\\\\x"])
def test_preferences_lead_nowhere_else(client: Client, target: str) -> None:
    response = client.post("/look/preferences/", {"theme": "dark", "next": target})
    assert response["Location"] == "/"


def test_preferences_need_a_token_and_a_post() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/look/preferences/", {"theme": "dark"}).status_code == 403
    assert strict.get("/look/preferences/").status_code == 405


@pytest.mark.parametrize("value", ["<script>", "purple", "", "large\r\nX: y"])
def test_unknown_cookies_count_as_none(client: Client, value: str) -> None:
    client.cookies["liren_theme"] = value
    client.cookies["liren_size"] = value
    html = client.get("/gallery/portal/").content.decode()
    assert "data-bs-theme" not in html
    assert "data-size" not in html


@pytest.mark.parametrize(
    ("theme", "media"), [("", "and (prefers-color-scheme: dark)"), ("dark", 'screen">')]
)
def test_dark_sheet_follows_the_choice(client: Client, theme: str, media: str) -> None:
    client.cookies["liren_theme"] = theme
    assert media in client.get("/gallery/portal/").content.decode()


def test_light_needs_no_dark_sheet(client: Client) -> None:
    client.cookies["liren_theme"] = "light"
    assert "dark.css" not in client.get("/gallery/portal/").content.decode()


@pytest.mark.parametrize(("face", "start"), [("portal", "/"), ("field", "/field/")])
def test_manifest(client: Client, face: str, start: str) -> None:
    response = client.get(f"/look/{face}.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    manifest = json.loads(response.content)
    assert manifest["start_url"] == start
    for drawn in manifest["icons"]:
        if drawn["type"] == "image/png":
            size = int(drawn["sizes"].split("x")[0])
            picture = Image.open(io.BytesIO(client.get(drawn["src"]).content))
            assert picture.size == (size, size)


def test_what_is_not_there(client: Client) -> None:
    assert client.get("/look/wall.webmanifest").status_code == 404
    assert client.get("/look/icon-5000.png").status_code == 404


def test_worker_keeps_only_the_shell(client: Client) -> None:
    response = client.get("/sw.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert "no-cache" in response["Cache-Control"]
    script = response.content.decode()
    shell = json.loads(script.split("const SHELL = ")[1].split(";")[0])
    assert [url for url in shell if not url.startswith("/static/")] == ["/offline/"]


def test_offline_page_is_the_same_for_everybody(client: Client) -> None:
    html = client.get("/offline/").content.decode()
    assert "<form" not in html
    assert "csrf" not in html.lower()


@pytest.mark.parametrize(
    "refusal", [Refused(), NotFound(), Invalid(), TooMany(retry_after=7), Refused(status=418)]
)
def test_a_refusal_keeps_its_words_and_status(refusal: Refused) -> None:
    response = errors.refused(RequestFactory().get("/x/"), refusal)
    assert response.status_code == refusal.status
    assert str(refusal) in response.content.decode()
    for name, value in refusal.headers.items():
        assert response[name] == value


def test_both_versions_are_shown_and_escaped() -> None:
    changed = Changed(mine={"内容": "<b>我写的</b>"}, theirs={"内容": "现在的"})
    html = errors.refused(RequestFactory().get("/x/"), changed).content.decode()
    assert "&lt;b&gt;我写的" in html
    assert "现在的" in html


def test_a_fragment_gets_the_sentence_alone() -> None:
    request = RequestFactory().get("/x/", headers={"HX-Request": "true"})
    response = errors.refused(request, NotFound())
    assert response.content.decode() == str(NotFound())


def test_a_page_for_what_nobody_foresaw(monkeypatch: pytest.MonkeyPatch) -> None:
    request = RequestFactory().get("/x/")
    assert errors.server_error(request).status_code == 500

    def broken(*args: object, **kwargs: object) -> str:
        raise RuntimeError

    monkeypatch.setattr(errors, "render_to_string", broken)
    assert "500" in errors.server_error(request).content.decode()
