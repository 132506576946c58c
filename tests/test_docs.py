"""What the documents point at exists: files, names in files, addresses, links."""

import re

import pytest
from django.urls import resolve

from liren.config.paths import BASE_DIR, SOURCE_DIR
from liren.demo.community import COMMUNITY

MAP = (BASE_DIR / "docs" / "map.md").read_text()
NAMED = re.findall(r"`([^`]+)`", MAP)
ADDRESSES = sorted({one for one in NAMED if one.startswith("/")})
PATHS = sorted({one for one in NAMED if re.match(r"[\w.-]+/", one)})
ONE = "01890000-0000-7000-8000-000000000000"
# Whatever else stands in angle brackets is an identity.
STANDS_FOR = {
    "<community>": COMMUNITY,
    "<tag>": "111CS",
    "<token>": "x" * 64,
    "<code>": "three_leaders",
    "<kind>": "unit_leader",
}
PAGES = [*BASE_DIR.glob("README*.md"), *BASE_DIR.glob("docs/**/*.md")]


def test_the_map_names_something():
    assert len(PATHS) > 40
    assert len(ADDRESSES) > 20


@pytest.mark.parametrize("named", PATHS)
def test_a_path_of_the_map_exists(named):
    path, _, name = named.partition(": ")
    found = [root / path for root in (BASE_DIR, SOURCE_DIR) if (root / path).exists()]
    assert found, f"docs/map.md names {path}, which is not there"
    if path.endswith("/"):
        assert found[0].is_dir()
    if name:
        assert re.search(rf"^(?:def|class) {name}\b|^{name}\b", found[0].read_text(), re.MULTILINE)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_of_the_map_leads_to_a_view(address):
    for short, real in STANDS_FOR.items():
        address = address.replace(short, real)
    resolve(re.sub(r"<\w+>", ONE, address))  # raises Resolver404


def test_everything_in_backticks_is_understood():
    """A name that is neither path nor address would go unchecked."""
    other = set(NAMED) - set(PATHS) - set(ADDRESSES)
    assert other == {"file: name"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(BASE_DIR)))
def test_links_lead_to_files(page):
    linked = re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    dead = [
        link
        for link in linked
        if not re.match(r"[a-z]+:|#", link) and not (page.parent / link.split("#")[0]).exists()
    ]
    assert dead == []
