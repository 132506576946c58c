"""Components as template tags: `{% load look %}`. Each is shown with its arguments on /gallery/
and in docs/look.md.

Bare names (`{% icon %}`, `{% pill %}`) keep pages readable; nothing here queries the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import segno
from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy

from liren.base.humanise import say_exactly, say_when
from liren.look.icons import ICONS
from liren.look.prefs import prefs_of

register = template.Library()

# What a resident sees (five words, LOOK) and what the office needs beside them: tone, shape, word.
STATES: Mapping[str, tuple[str, str, Any]] = {
    "received": ("info", "state-new", gettext_lazy("Received")),
    "doing": ("now", "state-now", gettext_lazy("Being handled")),
    "confirm": ("wait", "state-ask", gettext_lazy("Waiting for your answer")),
    "solved": ("ok", "state-done", gettext_lazy("Solved")),
    "elsewhere": ("off", "state-away", gettext_lazy("Not ours to handle")),
    "overdue": ("bad", "state-late", gettext_lazy("Overdue")),
    "due": ("wait", "state-due", gettext_lazy("Due today")),
    "waiting": ("off", "state-wait", gettext_lazy("Waiting for others")),
    "stopped": ("off", "state-stop", gettext_lazy("Withdrawn")),
    "draft": ("off", "state-draft", gettext_lazy("Draft")),
}
TONES = frozenset({"now", "ok", "wait", "bad", "info", "off"})
NOTICE_ICONS = {"info": "info", "ok": "state-done", "wait": "alert", "bad": "alert", "now": "bell"}


def _request(context: Context) -> HttpRequest | None:
    request = context.get("request")
    return request if isinstance(request, HttpRequest) else None


# -- page head -------------------------------------------------------------


@register.simple_tag(takes_context=True)
def html_attrs(context: Context) -> SafeString:
    """Language, theme and type size of this reader, for the <html> element: no flash, no script."""
    theme, size = prefs_of(_request(context))
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
    return prefs_of(_request(context))[1] == "large"


@register.simple_tag(takes_context=True)
def theme_now(context: Context) -> str:
    """ "light", "dark" or "" (as the device says)."""
    return prefs_of(_request(context))[0]


# -- small parts -----------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "", classes: str = "") -> SafeString:
    """Inline SVG. Decorative unless `label` is given. Raises KeyError for a name that is not
    drawn."""
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
    return format_html(
        '<span class="l-pill l-{}">{}{}</span>', tone, icon(shape or drawn), text or word
    )


@register.simple_tag
def when(moment: datetime | None, empty: str = "") -> SafeString | str:
    """A <time>: said as people say it, exact on tap or hover."""
    if moment is None:
        return empty
    return format_html(
        '<time datetime="{}" title="{}" data-when>{}</time>',
        moment.isoformat(timespec="minutes"),
        say_exactly(moment),
        say_when(moment),
    )


def _button_css(kind: str) -> str:
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
    css = _button_css(kind)
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


# -- forms -----------------------------------------------------------------


@register.inclusion_tag("look/parts/field.html")
def field(bound: BoundField, label: str = "", help_text: str = "", **attrs: Any) -> dict[str, Any]:
    """A Django bound field: label above, help, the control, the error beside it, joined by
    aria-describedby.

    Radio and several-checkbox fields become big choices; file fields become a photo picker with
    previews.
    Further keyword arguments become attributes of the control (`rows=4`, `placeholder="…"`,
    `autocomplete="tel"`).
    """
    widget = bound.field.widget
    kind = "control"
    if bound.is_hidden:
        kind = "hidden"
    elif isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        kind = "choices"
    elif isinstance(widget, forms.CheckboxInput):
        kind = "check"
    elif isinstance(widget, forms.FileInput):
        kind = "file"
    elif isinstance(widget, forms.MultiWidget):
        kind = "several"
    html_attrs_ = {key.rstrip("_").replace("_", "-"): value for key, value in attrs.items()}
    css = (
        "form-check-input"
        if kind in ("check", "choices")
        else "form-select"
        if isinstance(widget, forms.Select)
        else "form-control"
    )
    own = str(widget.attrs.get("class", ""))
    html_attrs_["class"] = f"{own} {css}".strip()
    describedby = " ".join(
        ident
        for ident, present in (
            (f"{bound.id_for_label}_help", help_text or bound.help_text),
            (f"{bound.id_for_label}_error", bound.errors),
        )
        if present
    )
    if describedby and kind not in ("choices", "several"):
        html_attrs_["aria-describedby"] = describedby
    if bound.errors and kind not in ("choices", "several"):
        html_attrs_["aria-invalid"] = "true"
    control = "" if kind == "choices" else bound.as_widget(attrs=html_attrs_)
    options = []
    if kind == "choices":
        for option in bound.subwidgets:
            option.data["attrs"] = {**option.data["attrs"], "class": "form-check-input"}
            options.append(
                {
                    "ident": option.id_for_label,
                    "label": option.choice_label,
                    "control": option.tag(),
                }
            )
    return {
        "bound": bound,
        "kind": kind,
        "control": control,
        "options": options,
        "label": label or bound.label,
        "help_text": help_text or bound.help_text,
        "describedby": describedby,
        "ident": bound.id_for_label or bound.auto_id or bound.html_name,
        "required": bound.field.required,
        "many": bool(getattr(widget, "allow_multiple_selected", False)),
        "photos": kind == "file"
        and "image" in str(widget.attrs.get("accept", html_attrs_.get("accept", ""))),
    }


@register.inclusion_tag("look/parts/fields.html")
def fields(form: forms.BaseForm) -> dict[str, Any]:
    """The error summary and every field of a form in order, hidden ones included."""
    return {"form": form}


@register.inclusion_tag("look/parts/errors.html")
def errors(form: forms.BaseForm) -> dict[str, Any]:
    """What is wrong with a form, above it: each message leads to its field. Nothing when nothing
    is wrong."""
    found = [(bound, bound.errors) for bound in form if bound.errors and not bound.is_hidden]
    hidden = [message for bound in form if bound.is_hidden for message in bound.errors]
    return {"found": found, "general": [*form.non_field_errors(), *hidden], "form": form}


# -- bigger parts ----------------------------------------------------------


@register.inclusion_tag("look/parts/timeline.html")
def timeline(entries: Iterable[Any], label: str = "") -> dict[str, Any]:
    """Entries (see parts.Entry) in the order given; the newest first reads best on a phone."""
    return {"entries": entries, "label": label}


@register.inclusion_tag("look/parts/promise.html", takes_context=True)
def promise(
    context: Context,
    say: str,
    left: str = "",
    tone: str = "now",
    action: str = "",
    action_url: str = "",
    note: str = "",
) -> dict[str, Any]:
    """Who has it now and until when, as one sentence, and one button.

    `say`: "3 号楼楼栋长明天 18:00 前回复您"; `left`: "还有 2 个工作日（遇国庆顺延）"; `tone`:
    now, bad (late), ok (solved),
    off (elsewhere). `action` and `action_url` make a button that posts (remind); `note` is shown
    in its place.
    """
    return {
        "say": say,
        "left": left,
        "tone": tone,
        "action": action,
        "action_url": action_url,
        "note": note,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("look/parts/empty.html")
def empty(
    title: str, text: str = "", href: str = "", action: str = "", icon_name: str = "inbox"
) -> dict[str, Any]:
    """Nothing here yet: what would be here, and the one thing to do."""
    return {"title": title, "text": text, "href": href, "action": action, "icon_name": icon_name}


@register.inclusion_tag("look/parts/notice.html")
def notice(
    tone: str, title: str, text: str = "", href: str = "", action: str = ""
) -> dict[str, Any]:
    """A banner in the page. `tone`: info, ok, wait, bad, now."""
    return {
        "tone": tone,
        "title": title,
        "text": text,
        "href": href,
        "action": action,
        "icon_name": NOTICE_ICONS[tone],
    }


@register.inclusion_tag("look/parts/toasts.html", takes_context=True)
def toasts(context: Context) -> dict[str, Any]:
    """Django messages as toasts. `look.messages.done(request, text, undo_url=…)` adds an undo
    button."""
    shown = []
    for message in context.get("messages") or ():
        undo = ""
        tags = str(message.extra_tags or "")
        if tags.startswith("undo="):
            undo = tags.removeprefix("undo=")
        shown.append(
            {
                "text": message.message,
                "undo": undo,
                "bad": message.level_tag in ("error", "warning"),
            }
        )
    return {"shown": shown, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("look/parts/tabs.html")
def tabs(links: Sequence[Any], here: str = "", label: str = "") -> dict[str, Any]:
    """A row of links (parts.Link) to sibling pages; the one whose key equals `here` is current."""
    return {"links": links, "here": here, "label": label or gettext("Views")}


@register.inclusion_tag("look/parts/chooser.html")
def chooser(links: Sequence[Any], label: str, chosen: Sequence[Any] = ()) -> dict[str, Any]:
    """Compound → building → unit: what has been chosen (each leads back), then big targets to
    choose from."""
    return {"links": links, "label": label, "chosen": chosen}


@register.inclusion_tag("look/parts/rows.html")
def rows(links: Iterable[Any]) -> dict[str, Any]:
    """A list of rows leading somewhere (parts.Link: label, sub, icon, count)."""
    return {"links": links}


@register.inclusion_tag("look/parts/doors.html")
def doors(links: Sequence[Any], main: str = "") -> dict[str, Any]:
    """The few big doors of a home page; the one whose key equals `main` carries the accent."""
    return {"links": links, "main": main}


@register.inclusion_tag("look/parts/bar.html")
def bar(links: Sequence[Any], here: str = "") -> dict[str, Any]:
    """The bottom bar on phones, a row under the top bar on wide screens."""
    return {"links": links, "here": here}


@register.inclusion_tag("look/parts/kv.html")
def kv(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Label and value pairs; values may be safe HTML made by other tags."""
    return {"pairs": pairs}


@register.inclusion_tag("look/parts/steps.html")
def steps(names: Sequence[str], current: int, label: str = "") -> dict[str, Any]:
    """Where we are in a few steps; `current` counts from 1."""
    return {
        "names": names,
        "current": current,
        "total": len(names),
        "name": names[current - 1],
        "label": label,
    }


@register.inclusion_tag("look/parts/progress.html")
def progress(label: str, value: int, total: int) -> dict[str, Any]:
    """A bar that always says its figures."""
    return {
        "label": label,
        "value": value,
        "total": total,
        "ident": f"p{abs(hash((label, value, total)))}",
    }


@register.inclusion_tag("look/parts/stat.html")
def stat(
    label: str,
    part: int,
    whole: int | None = None,
    href: str = "",
    at_least: int = 30,
    note: str = "",
) -> dict[str, Any]:
    """A figure with its denominator. Below `at_least` cases it says that they are too few to
    judge, and gives no percentage.

    Without `whole` it is a plain count. `href` leads to the list behind the figure.
    """
    few = whole is not None and whole < at_least
    percent = None if whole is None or few or not whole else round(100 * part / whole)
    return {
        "label": label,
        "part": part,
        "whole": whole,
        "few": few,
        "percent": percent,
        "href": href,
        "note": note,
    }


@register.inclusion_tag("look/parts/masked.html", takes_context=True)
def masked(context: Context, value: str, reveal_url: str = "", what: str = "") -> dict[str, Any]:
    """A masked value; with `reveal_url`, a control that asks why and posts `reason` there (G3:
    logged, the person sees it)."""
    return {
        "value": value,
        "reveal_url": reveal_url,
        "what": what,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("look/parts/qr.html")
def qr(target: str, address: str, caption: str = "") -> dict[str, Any]:
    """A QR code leading to `target` (a whole URL) with its short typed address, always together."""
    code = segno.make(target, error="m", micro=False)
    svg = mark_safe(code.svg_inline(omitsize=True, border=2))  # noqa: S308 -- drawn by segno
    return {"svg": svg, "address": address, "caption": caption}


@register.inclusion_tag("look/parts/photo_row.html")
def photo_row(photos: Iterable[Any]) -> dict[str, Any]:
    """Thumbnails leading to the full picture (parts.Photo)."""
    return {"photos": photos}


# -- lists -----------------------------------------------------------------


def _query(context: Context, **changes: str | None) -> str:
    request = _request(context)
    query = request.GET.copy() if request else None
    if query is None:
        return "?"
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = value
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def sort_head(
    context: Context, label: str, key: str, numeric: bool = False, param: str = "sort"
) -> SafeString:
    """A <th> that sorts by `key`, then the other way ("-key"), keeping the filters and dropping
    the page."""
    request = _request(context)
    current = request.GET.get(param, "") if request else ""
    target, order, shape = key, "", ""
    if current == key:
        target, order, shape = f"-{key}", "ascending", "chevron-up"
    elif current == f"-{key}":
        order, shape = "descending", "chevron-down"
    url = _query(context, **{param: target, "page": None, "after": None})
    return format_html(
        '<th scope="col"{}{}><a href="{}">{}{}</a></th>',
        mark_safe(' class="l-n"') if numeric else "",
        format_html(' aria-sort="{}"', order) if order else "",
        url,
        label,
        icon(shape) if shape else "",
    )


@register.inclusion_tag("look/parts/pages.html", takes_context=True)
def pages(
    context: Context,
    page: Page[Any] | None = None,
    count: int | None = None,
    previous: str | None = None,
    following: str | None = None,
    limit: int = 1000,
) -> dict[str, Any]:
    """Earlier and later, and how many. Counts above `limit` read "1,000+": nobody waits for an
    exact city count.

    Either a Django `page`, or for keyset lists `previous` and `following` (values of the
    `after`/`before` parameter).
    """
    if page is not None:
        count = page.paginator.count if count is None else count
        older = _query(context, page=str(page.next_page_number())) if page.has_next() else ""
        newer = (
            _query(context, page=str(page.previous_page_number())) if page.has_previous() else ""
        )
    else:
        older = _query(context, after=following, before=None) if following else ""
        newer = _query(context, before=previous, after=None) if previous else ""
    shown = "" if count is None else f"{limit:,}+" if count > limit else f"{count:,}"
    return {"older": older, "newer": newer, "shown": shown, "count": count}


@register.inclusion_tag("look/parts/chips.html", takes_context=True)
def chips(
    context: Context, param: str, choices: Iterable[tuple[str, str]], label: str, every: str = ""
) -> dict[str, Any]:
    """One filter as a row of links kept in the URL. `every` names the choice that clears it
    ("全部")."""
    request = _request(context)
    current = request.GET.get(param, "") if request else ""
    made = [
        {
            "text": text,
            "url": _query(context, **{param: value, "page": None, "after": None, "before": None}),
            "on": current == value,
        }
        for value, text in choices
    ]
    if every:
        made.insert(
            0,
            {
                "text": every,
                "url": _query(
                    context, **{param: None, "page": None, "after": None, "before": None}
                ),
                "on": not current,
            },
        )
    return {"made": made, "label": label}


@register.inclusion_tag("look/parts/filters.html", takes_context=True)
def filters(context: Context, form: forms.BaseForm) -> dict[str, Any]:
    """A GET form in one row, sent on change when there is script; what is not in the form stays
    in the URL."""
    request = _request(context)
    kept = []
    active = False
    if request:
        names = {bound.html_name for bound in form}
        kept = [
            (key, value)
            for key, values in request.GET.lists()
            for value in values
            if key not in names | {"page", "after", "before"}
        ]
        active = any(request.GET.get(name) for name in names)
    return {"form": form, "kept": kept, "active": active, "path": request.path if request else ""}


# -- blocks ----------------------------------------------------------------


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context,
    content: str,
    text: str,
    url: str,
    question: str,
    yes: str = "",
    kind: str = "",
    icon_name: str = "",
) -> SafeString:
    """A button that opens its own question in place; what is in the block goes into its form.

    No modal and no script. `kind` as for `button`; "danger" colours the answer too.
    """
    return render_to_string(
        "look/parts/confirm.html",
        {
            "content": content,
            "text": text,
            "url": url,
            "question": question,
            "yes": yes or text,
            "css": _button_css(kind),
            "yes_css": "btn-danger" if "danger" in kind else "btn-primary",
            "icon_name": icon_name,
            "csrf_token": context.get("csrf_token"),
        },
    )


@register.simple_block_tag
def more(content: str, text: str, unfolded: bool = False) -> SafeString:
    """Details folded away under a word, opened in the page."""
    return render_to_string(
        "look/parts/more.html", {"content": content, "text": text, "unfolded": unfolded}
    )
