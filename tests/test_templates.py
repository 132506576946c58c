"""What holds for every template of every app, read from the files themselves."""

import re
from pathlib import Path

import pytest
from django.template.utils import get_app_template_dirs

from liren.config.paths import SOURCE_DIR

TEMPLATES = {
    str(path.relative_to(folder)): path
    for folder in sorted(SOURCE_DIR.glob("*/templates"))
    for path in sorted(folder.rglob("*"))
    if path.is_file()
}
NAME = re.compile(r"(['\"])([\w/{}.-]+\.(?:html|txt|js|svg|xml))\1")
TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
# The browser refuses these (the content security policy), so they would silently do nothing.
FORBIDDEN = {
    "a style of its own": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "a script of its own": re.compile(
        r"<script\b(?![^>]*\ssrc=)(?![^>]*\stype=\"application/json\")|href=\"javascript:",
        re.IGNORECASE,
    ),
    "a handler in an attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a picture without words": re.compile(r"<img\b(?![^>]*\salt=)", re.IGNORECASE),
}


def plain(text: str) -> str:
    """Markup with every template tag replaced by one letter: they may hold anything."""
    return TAG.sub("x", text)


@pytest.mark.parametrize(
    ("markup", "fault"),
    [
        ('<p style="color: red">', "a style of its own"),
        ("<style>p {}</style>", "a style of its own"),
        ("<script>go()</script>", "a script of its own"),
        ('<script nonce="{{ n }}">', "a script of its own"),
        ('<a href="javascript:go()">', "a script of its own"),
        ('<button class="{% if a > b %}x{% endif %}" onclick="go()">', "a handler in an attribute"),
        ('<img src="{{ x }}">', "a picture without words"),
    ],
)
def test_the_patterns_find_what_they_are_for(markup, fault):
    assert [name for name, found in FORBIDDEN.items() if found.search(plain(markup))] == [fault]


def test_the_patterns_let_everything_else_pass():
    good = (
        '<script src="{% static "x.js" %}" defer></script><script type="application/json"></script>'
        '<img alt="" src="x"><p data-style="x" class="l-style">once = on = style, <b>onset=</b></p>'
    )
    assert not [name for name, found in FORBIDDEN.items() if found.search(plain(good))]


@pytest.mark.parametrize("fault", FORBIDDEN)
def test_no_template_has(fault):
    html = {name: path.read_text() for name, path in TEMPLATES.items() if path.suffix == ".html"}
    assert len(html) > 50
    assert [name for name, text in html.items() if FORBIDDEN[fault].search(plain(text))] == []


def test_every_template_is_used():
    """Rendered, extended or included by its name, from another file than itself; or put in the
    place of a library's template of the same name."""
    files = {path: path.read_text() for path in SOURCE_DIR.rglob("*.py")}
    files |= {path: path.read_text() for path in TEMPLATES.values()}
    named: dict[str, set[Path]] = {}
    for path, text in files.items():
        for _quote, name in NAME.findall(text):
            named.setdefault(name, set()).add(path)
    # f"look/gallery/{shell}.html" stands for all of its folder.
    many = [re.compile(re.sub(r"\\{.*?\\}", "[^/]+", re.escape(n))) for n in named if "{" in n]
    theirs = [
        folder
        for folder in map(Path, get_app_template_dirs("templates"))
        if SOURCE_DIR not in folder.parents
    ]
    unused = [
        name
        for name, path in TEMPLATES.items()
        if not named.get(name, set()) - {path}
        and not any(m.fullmatch(name) for m in many)
        and not any((folder / name).exists() for folder in theirs)
    ]
    assert unused == []
