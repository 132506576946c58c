"""Translations: one catalogue an app, English in the code, Chinese in the catalogue.

`liren messages` reads every Python file and template of an app and brings
`<app>/locale/zh_Hans/LC_MESSAGES/django.po` up to date: new texts appear untranslated, texts no
longer used disappear, translations are kept. Entries are sorted by text and name files without
line numbers, so that two people's changes rarely touch the same lines.

`check()` finds what a reader would see untranslated, `clashes()` what two apps translate
differently: Django joins all catalogues into one, and the first app would speak for the others.
`compile_all()` makes the `.mo` files, which
are not in git; it touches only what changed.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

LOCALE = "zh_Hans"
TEMPLATES = {".html", ".txt", ".svg", ".xml", ".webmanifest"}
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
HEADER = f"""msgid ""
msgstr ""
"Language: {LOCALE}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")

Key = tuple[str | None, str]
"""Context and (singular) text: what makes an entry."""


@dataclass(frozen=True)
class App:
    """A folder whose texts go into one catalogue."""

    folder: Path

    @property
    def po(self) -> Path:
        """The catalogue people edit."""
        return self.folder / "locale" / LOCALE / "LC_MESSAGES" / "django.po"

    def sources(self) -> Iterator[Path]:
        """Its Python files and templates, without migrations."""
        for path in sorted(self.folder.rglob("*")):
            if {"migrations", "locale", "__pycache__", "node_modules"} & set(path.parts):
                continue
            if path.suffix == ".py" or (path.suffix in TEMPLATES and "templates" in path.parts):
                yield path


def apps(root: Path) -> list[App]:
    """Every folder directly below the package that is a package itself."""
    return [App(path.parent) for path in sorted(root.glob("*/__init__.py"))]


def extracted(app: App) -> Catalog:
    """All texts of an app, untranslated. SyntaxError, naming the file, for a broken template."""
    catalog = Catalog(locale=LOCALE, fuzzy=False)
    for path in app.sources():
        where = path.relative_to(app.folder.parent).as_posix()
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # Inside brackets Python's tokenizer does not mind how a template is indented.
            text = f"({templatize(text, origin=where)}\n)"
        found = extract(
            "python",
            io.BytesIO(text.encode()),
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            options={"encoding": "utf-8"},
            strip_comment_tags=False,
        )
        for _line, message, comments, context in found:
            catalog.add(
                message,
                locations=[(where, None)],  # type: ignore[list-item]  # no line: calmer diffs
                auto_comments=comments,
                context=context,
            )
    return catalog


def read(app: App) -> Catalog:
    """The app's catalogue as it is on disk; an empty one if there is none."""
    if not app.po.exists():
        return Catalog(locale=LOCALE)
    with app.po.open("rb") as file:
        return read_po(file, locale=LOCALE)


def update(app: App) -> bool:
    """Bring the catalogue on disk up to date; True if that changed it."""
    fresh, known = extracted(app), read(app)
    if not len(fresh):
        changed = app.po.exists()
        app.po.unlink(missing_ok=True)
        return changed
    known.update(fresh, no_fuzzy_matching=True, update_header_comment=False)
    known.obsolete.clear()
    output = io.BytesIO()
    write_po(
        output,
        known,
        omit_header=True,
        sort_output=True,
        include_lineno=False,
        ignore_obsolete=True,
    )
    content = HEADER.encode() + output.getvalue().lstrip()
    if app.po.exists() and app.po.read_bytes() == content:
        return False
    app.po.parent.mkdir(parents=True, exist_ok=True)
    app.po.write_bytes(content)
    return True


def check(app: App) -> list[str]:
    """What is wrong with an app's catalogue, one line each; empty if nothing is."""
    fresh, known = _entries(extracted(app)), _entries(read(app))
    name = app.po.relative_to(app.folder.parent)
    faults = [f"{name}: not in the catalogue: {_short(key)}" for key in fresh.keys() - known.keys()]
    faults += [f"{name}: no longer used: {_short(key)}" for key in known.keys() - fresh.keys()]
    for key in known.keys() & fresh.keys():
        entry = known[key]
        strings = _strings(entry.string)
        if not strings or not all(strings):
            faults.append(f"{name}: not translated: {_short(key)}")
        elif entry.fuzzy:
            faults.append(f"{name}: marked fuzzy: {_short(key)}")
        else:
            # A singular text may say "one" where the plural has a number: the plural decides.
            wanted = set(PLACEHOLDER.findall(_strings(entry.id)[-1]))
            faults += [
                f"{name}: other placeholders than the English: {_short(key)}"
                for string in strings
                if set(PLACEHOLDER.findall(string)) != wanted
            ]
    return sorted(faults)


def clashes(apps: Iterable[App]) -> list[str]:
    """Texts that two apps translate differently, one line each; empty if there are none.

    A text with another context (`pgettext`) is another text, and one with a plural is not the
    same as one without: gettext keeps them apart. What is not translated yet is no clash.
    """
    said: dict[tuple[Key, bool], dict[tuple[str, ...], list[str]]] = {}
    for app in apps:
        for key, entry in _entries(read(app)).items():
            strings = tuple(_strings(entry.string))
            if all(strings):
                ways = said.setdefault((key, bool(entry.pluralizable)), {})
                ways.setdefault(strings, []).append(app.folder.name)
    return sorted(
        f"two translations of {_short(key)}: "
        + "; ".join(
            f"{' / '.join(strings)} in {', '.join(names)}" for strings, names in ways.items()
        )
        + ". Use the same words, or give one a context."
        for (key, _plural), ways in said.items()
        if len(ways) > 1
    )


def compile_all(root: Path) -> int:
    """Make every missing or outdated `.mo`; returns how many were made."""
    made = 0
    for app in apps(root):
        mo = app.po.with_suffix(".mo")
        if not app.po.exists():
            mo.unlink(missing_ok=True)
            continue
        if mo.exists() and mo.stat().st_mtime_ns >= app.po.stat().st_mtime_ns:
            continue
        # Written aside and renamed: two processes may start at once.
        with tempfile.NamedTemporaryFile(dir=mo.parent, delete=False) as file:
            write_mo(file, read(app))
        os.chmod(file.name, 0o644)
        os.replace(file.name, mo)
        made += 1
    return made


def _entries(catalog: Catalog) -> dict[Key, Message]:
    return {(one.context, _strings(one.id)[0]): one for one in catalog if one.id}


def _strings(value: str | Iterable[str] | None) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def _short(key: Key) -> str:
    context, text = key
    shown = text if len(text) <= 60 else text[:57] + "…"
    return repr(shown) + (f" ({context})" if context else "")
