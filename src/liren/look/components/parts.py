"""Promise, timeline, empty, notice, toast, navigation, figures; blocks with content."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from liren.base.qr import qr_svg
from liren.look.components.small import button_css

register = template.Library()
NOTICE_ICONS = {"info": "info", "ok": "state-done", "wait": "alert", "bad": "alert", "now": "bell"}


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
    svg = mark_safe(qr_svg(target, border=2))  # noqa: S308 -- drawn from modules, no input in it
    return {"svg": svg, "address": address, "caption": caption}


@register.inclusion_tag("look/parts/photo_row.html")
def photo_row(photos: Iterable[Any]) -> dict[str, Any]:
    """Thumbnails leading to the full picture (parts.Photo)."""
    return {"photos": photos}


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
            "css": button_css(kind),
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
