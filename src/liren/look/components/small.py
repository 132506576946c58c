"""Page head, icons, pills, times, buttons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext_lazy

from liren.base.humanise import say_both
from liren.look.icons import ICONS
from liren.look.prefs import prefs_of

register = template.Library()

# What a resident sees (five words, LOOK) and what the office needs beside them: tone, shape, word.
STATES: Mapping[str, tuple[str, str, Any]] = {
    "received": ("info", "state-new", pgettext_lazy("state", "Received")),
    "doing": ("now", "state-now", pgettext_lazy("state", "Being handled")),
    "confirm": ("wait", "state-ask", pgettext_lazy("state", "Waiting for your answer")),
    "solved": ("ok", "state-done", pgettext_lazy("state", "Solved")),
    "elsewhere": ("off", "state-away", pgettext_lazy("state", "Not ours to handle")),
    "overdue": ("bad", "state-late", pgettext_lazy("state", "Overdue")),
    "due": ("wait", "state-due", pgettext_lazy("state", "Due today")),
    "waiting": ("off", "state-wait", pgettext_lazy("state", "Waiting for others")),
    "stopped": ("off", "state-stop", pgettext_lazy("state", "Withdrawn")),
    "draft": ("off", "state-draft", pgettext_lazy("state", "Draft")),
}
TONES = frozenset({"now", "ok", "wait", "bad", "info", "off"})


def request_of(context: Context) -> HttpRequest | None:
    """The request the page answers, or None for a page without one."""
    request = context.get("request")
    return request if isinstance(request, HttpRequest) else None


@register.simple_tag(takes_context=True)
def html_attrs(context: Context) -> SafeString:
    """Language, theme and type size of this reader, for the <html> element: no flash, no script."""
    theme, size = prefs_of(request_of(context))
    language = get_language() or "zh-hans"
    head, _, tail = language.partition("-")
    attrs = [("lang", f"{head}-{tail.title()}" if len(tail) == 4 else language)]
    if theme:
        attrs.append(("data-bs-theme", theme))
    if size:
        attrs.append(("data-size", size))
    return format_html_join(" ", '{}="{}"', attrs)


@register.simple_tag(takes_context=True)
def is_large(context: Context) -> bool:
    """True in 关怀版: leave out what is not needed, never a function."""
    return prefs_of(request_of(context))[1] == "large"


@register.simple_tag(takes_context=True)
def theme_now(context: Context) -> str:
    """ "light", "dark" or "" (as the device says)."""
    return prefs_of(request_of(context))[0]


@register.simple_tag
def icon(name: str, label: str = "", classes: str = "") -> SafeString:
    """Inline SVG. Decorative unless `label` is given. Raises KeyError for a name that is not
    drawn."""
    return _icon(name, str(label), classes)


@lru_cache(maxsize=2000)
def _icon(name: str, label: str, classes: str) -> SafeString:
    # A list of a hundred rows draws the same few icons hundreds of times.
    inner = mark_safe(ICONS[name])  # noqa: S308  our own drawings, no input
    css = f"l-icon {classes}".strip()
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>',
            css,
            label,
            inner,
        )
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        css,
        inner,
    )


@register.simple_tag
def pill(state: str, text: str = "", shape: str = "") -> SafeString:
    """A state in colour, shape and word.

    `state` is one of STATES, or a tone (now ok wait bad info off) with `text` and optionally
    `shape` (an icon name).
    Raises KeyError for anything else.
    """
    if state in STATES:
        tone, drawn, word = STATES[state]
    elif state in TONES and text:
        drawn = {
            "now": "state-now",
            "ok": "state-done",
            "wait": "state-ask",
            "bad": "state-late",
            "info": "state-new",
            "off": "state-stop",
        }[state]
        tone, word = state, text
    else:
        raise KeyError(f"pill: unknown state {state!r}")
    return _pill(tone, shape or drawn, str(text or word))


@lru_cache(maxsize=2000)
def _pill(tone: str, shape: str, text: str) -> SafeString:
    return format_html('<span class="l-pill l-{}">{}{}</span>', tone, icon(shape), text)


@register.simple_tag
def when(moment: datetime | None, empty: str = "") -> SafeString | str:
    """A <time>: said as people say it, exact on tap or hover."""
    if moment is None:
        return empty
    said, exactly = say_both(moment)
    # Dates hold nothing to escape; what is said of them comes from the translations.
    return mark_safe(  # noqa: S308  see above
        f'<time datetime="{moment.isoformat(timespec="minutes")}" title="{exactly}"'
        f" data-when>{escape(said)}</time>"
    )


def button_css(kind: str) -> str:
    """Return the classes of a button of this kind."""
    return " ".join(["btn", *(f"btn-{word}" for word in kind.split())])


@register.simple_tag
def button(
    text: str, href: str = "", kind: str = "", icon_name: str = "", **attrs: Any
) -> SafeString:
    """A link that looks like a button (with `href`) or a submit button.

    `kind`: "primary" (the one next action of a page), "" (others), "quiet", "danger"; add "wide"
    or "sm" after a space.
    Further keyword arguments become attributes; an underscore stands for a hyphen
    (`data_copy="#code"`, `hx_get=url`).
    """
    css = button_css(kind)
    kind_of_button = attrs.pop("type", "submit")
    extra = format_html_join(
        "",
        ' {}="{}"',
        (
            (key.rstrip("_").replace("_", "-"), "" if value is True else value)
            for key, value in attrs.items()
            if value not in (None, False)
        ),
    )
    inner = format_html("{}<span>{}</span>", icon(icon_name) if icon_name else "", text)
    if href:
        return format_html('<a class="{}" href="{}"{}>{}</a>', css, href, extra, inner)
    return format_html(
        '<button class="{}" type="{}"{}>{}</button>', css, kind_of_button, extra, inner
    )
