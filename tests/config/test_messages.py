import gettext
import os
from pathlib import Path

import pytest

from liren.config import messages

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext

TITLE = _("Neighbours")
TWO_LINES = _("One sentence, "
              "two lines")
# Translators: on a button
MAY = pgettext("permission", "may")

def count(n):
    return ngettext("one matter", "%(n)s matters", n) % {"n": n}

def by(name):
    return _("by {name}").format(name=name)
"""
TEMPLATE = """{% load i18n %}
<p title='{% translate "It's open" %}'>{{ x|default:_("nobody") }} don't (break "
    {% blocktranslate trimmed count n=items|length %}
      {{ n }} neighbour
    {% plural %}
      {{ n }} neighbours
    {% endblocktranslate %}
  {% blocktranslate with name=who %}Thank you, {{ name }}{% endblocktranslate %}
      </p>
"""


@pytest.fixture
def app(tmp_path: Path) -> messages.App:
    folder = tmp_path / "package" / "matters"
    templates = folder / "templates" / "matters"
    templates.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "views.py").write_text(PYTHON)
    (templates / "page.html").write_text(TEMPLATE)
    (folder / "migrations").mkdir()
    (folder / "migrations" / "0001.py").write_text('_("never seen")')
    return messages.App(folder)


def translate(app: messages.App, text: str, chinese: str) -> None:
    po = app.po.read_text()
    start = po.index(f'"{text}"')
    app.po.write_text(po[:start] + po[start:].replace('msgstr ""', f'msgstr "{chinese}"', 1))


def texts(app: messages.App) -> set[str]:
    return {key[1] for key in messages._entries(messages.extracted(app))}


def test_texts_are_found_in_python_and_in_templates(app: messages.App) -> None:
    assert texts(app) == {
        "Neighbours",
        "One sentence, two lines",
        "may",
        "one matter",
        "by {name}",
        "It's open",
        "nobody",
        "%(n)s neighbour",
        "Thank you, %(name)s",
    }


def test_a_catalogue_is_made_and_then_left_alone(app: messages.App) -> None:
    assert messages.update(app) is True
    first = app.po.read_bytes()
    assert b"Language: zh_Hans" in first
    assert b"Translators: on a button" in first
    assert messages.update(app) is False
    assert app.po.read_bytes() == first


def test_translations_stay_new_texts_come_unused_ones_go(app: messages.App) -> None:
    messages.update(app)
    translate(app, "Neighbours", "邻居")
    views = app.folder / "views.py"
    views.write_text(PYTHON.replace('"by {name}"', '"from {name}"'))
    assert messages.update(app) is True
    po = app.po.read_text()
    assert 'msgstr "邻居"' in po
    assert '"from {name}"' in po
    assert '"by {name}"' not in po


def test_the_check_names_every_fault(app: messages.App) -> None:
    messages.update(app)
    assert any("not translated: 'Neighbours'" in fault for fault in messages.check(app))
    translate(app, "Neighbours", "邻居")
    assert not any("Neighbours" in fault for fault in messages.check(app))

    translate(app, "by {name}", "由{nmae}")
    assert any("placeholders" in fault and "by {name}" in fault for fault in messages.check(app))

    (app.folder / "views.py").write_text('_("New")')
    faults = messages.check(app)
    assert any("not in the catalogue: 'New'" in fault for fault in faults)
    assert any("no longer used: 'Neighbours'" in fault for fault in faults)


def test_a_fuzzy_entry_is_a_fault(app: messages.App) -> None:
    messages.update(app)
    translate(app, "Neighbours", "邻居")
    po = app.po.read_text()
    app.po.write_text(po.replace('msgid "Neighbours"', '#, fuzzy\nmsgid "Neighbours"'))
    assert any("fuzzy: 'Neighbours'" in fault for fault in messages.check(app))


def beside(app: messages.App, name: str, python: str) -> messages.App:
    """Another app of the same package, with its catalogue."""
    folder = app.folder.parent / name
    folder.mkdir()
    (folder / "__init__.py").write_text(python)
    other = messages.App(folder)
    messages.update(other)
    return other


def test_two_apps_may_not_translate_one_text_differently(app: messages.App) -> None:
    messages.update(app)
    other = beside(app, "people", '_("Neighbours")')
    translate(app, "Neighbours", "邻居")
    assert messages.clashes([app, other]) == []  # the other one is not translated yet
    translate(other, "Neighbours", "四邻")
    [fault] = messages.clashes([app, other])
    assert "'Neighbours'" in fault
    assert "邻居 in matters" in fault
    assert "四邻 in people" in fault
    assert messages.clashes([app]) == messages.clashes([other]) == []


def test_the_same_words_another_context_or_a_plural_do_not_clash(app: messages.App) -> None:
    messages.update(app)
    translate(app, "may", "可以")
    translate(app, "one matter", "一件")
    translate(app, "Neighbours", "邻居")
    other = beside(
        app,
        "people",
        '(_("Neighbours"), _("may"), pgettext("month", "may"), _("one matter"))',
    )
    translate(other, "Neighbours", "邻居")
    translate(other, "one matter", "一件事")
    po = other.po.read_text().replace('msgid "may"\nmsgstr ""', 'msgid "may"\nmsgstr "五月"')
    other.po.write_text(po)
    assert po.count("五月") == 2
    assert messages.clashes([app, other]) == []


def test_no_two_apps_of_the_program_clash() -> None:
    from liren.config.paths import SOURCE_DIR

    assert messages.clashes(messages.apps(SOURCE_DIR)) == []


def test_an_app_without_texts_has_no_catalogue(app: messages.App) -> None:
    messages.update(app)
    (app.folder / "views.py").write_text("")
    (app.folder / "templates" / "matters" / "page.html").write_text("<p>1</p>")
    assert messages.update(app) is True
    assert not app.po.exists()
    assert messages.check(app) == []


def test_a_broken_template_is_named(app: messages.App) -> None:
    page = app.folder / "templates" / "matters" / "page.html"
    page.write_text("{% load i18n %}{% blocktranslate %}a {% if b %}{% endblocktranslate %}")
    with pytest.raises(SyntaxError, match=r"page\.html"):
        messages.extracted(app)


def test_compiled_texts_are_what_gettext_reads(app: messages.App) -> None:
    messages.update(app)
    translate(app, "Neighbours", "邻居")
    root = app.folder.parent
    assert messages.compile_all(root) == 1
    assert messages.compile_all(root) == 0
    with app.po.with_suffix(".mo").open("rb") as file:
        found = gettext.GNUTranslations(file)
    assert found.gettext("Neighbours") == "邻居"
    assert found.gettext("may") == "may"

    os.utime(app.po, ns=(2**62, 2**62))
    assert messages.compile_all(root) == 1


def test_every_app_of_the_program_can_be_read() -> None:
    from liren.config.paths import SOURCE_DIR

    for one in messages.apps(SOURCE_DIR):
        messages.extracted(one)
