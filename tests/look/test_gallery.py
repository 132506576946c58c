"""Every component and shell renders in both languages and both type sizes, as valid HTML."""

import re
from html.parser import HTMLParser

import html5lib
import pytest
from django.test import Client

from liren.look.errors import WORDS
from liren.look.gallery import SHELLS

PAGES = ["/gallery/", *(f"/gallery/{name}/" for name in SHELLS), "/offline/"]
VOID = {"meta", "link", "input", "br", "img", "hr"}

pytestmark = pytest.mark.usefixtures("gallery_urls")


class Markup(HTMLParser):
    """Collects what a strict policy and a valid page must not have."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.ids: list[str] = []
        self.pointers: list[str] = []
        self.in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.inline.append(f"{tag}[{name}]")
            if name == "id":
                self.ids.append(value or "")
            if name in ("for", "aria-describedby"):
                self.pointers += (value or "").split()
        self.in_script = tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if self.in_script and data.strip():
            self.inline.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.in_script = False


def read(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    html = response.content.decode()
    html5lib.HTMLParser(strict=True).parse(html)
    return html


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", ["", "large"])
def test_page_is_valid(client: Client, path: str, language: str, size: str) -> None:
    client.cookies["django_language"] = language
    client.cookies["liren_size"] = size
    html = read(client, path)
    markup = Markup()
    markup.feed(html)
    assert markup.inline == []
    assert len(markup.ids) == len(set(markup.ids)), "an id occurs twice"
    assert set(markup.pointers) <= set(markup.ids), "a label or description points nowhere"
    assert ('data-size="large"' in html) is bool(size)
    assert ('<html lang="zh-Hans"' in html) is (language == "zh-hans")
    assert "{{" not in html
    assert "{%" not in html


@pytest.mark.django_db
@pytest.mark.parametrize("status", WORDS)
def test_error_page_says_what_to_do(client: Client, status: int) -> None:
    html = read(client, f"/gallery/error-{status}/", status)
    text = re.sub(r"<[^>]+>", "", html)
    assert str(status) in text
    assert re.search(r"[一-龥]{8}", text), "the page has no Chinese sentence"
