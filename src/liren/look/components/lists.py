"""Sorting, paging and filtering, all kept in the URL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from liren.look.components.small import icon, request_of

register = template.Library()


def _query(context: Context, **changes: str | None) -> str:
    request = request_of(context)
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
    request = request_of(context)
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
    request = request_of(context)
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
    request = request_of(context)
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
