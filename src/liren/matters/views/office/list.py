"""The list of matters: filters in the address, a panel beside it, keys, pages by keyset."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liren.access.actor import Actor, Permission
from liren.access.web import actor_of, needs
from liren.territory.codes import community_of

from ... import desk, queries
from ...forms.office import HiddenListForm, ListForm
from ...kinds import kind_name
from . import shown


@require_safe
@needs(Permission.MATTER_DISPATCH)
def listing(request: HttpRequest) -> HttpResponse:
    """Show the matters that fit the filters of the address."""
    actor = actor_of(request)
    form = ListForm(request.GET, kinds=kinds(actor))
    hidden = HiddenListForm(request.GET)
    criteria, sort, marks = read(form, hidden)
    page = desk.page(actor, criteria, sort=sort, **marks)
    context: dict[str, Any] = {
        "here": "list",
        "form": form,
        "page": page,
        "rows": shown.rows(page.rows),
        "view_title": shown.COLUMN_TITLES.get(criteria.view, ""),
        "sort": sort,
    }
    return render(request, "matters/office/list.html", context)


def kinds(actor: Actor) -> list[tuple[str, Any]]:
    """Return the choices of the category filter: groups with what is in them. One statement."""
    codes = actor.codes(Permission.MATTER_VIEW)
    listed = list(queries.categories(community_of(min(codes))) if codes else [])
    found: list[tuple[str, Any]] = []
    for group in (k for k in listed if not k.parent_key):
        inside = [(k.key, kind_name(k)) for k in listed if k.parent_key == group.key]
        found.append((kind_name(group), [(group.key, kind_name(group)), *inside]))
    return found


def read(form: ListForm, hidden: HiddenListForm) -> tuple[desk.Criteria, str, dict[str, str]]:
    """Return what the address asks for; a value that cannot be read narrows nothing."""
    form.is_valid()
    hidden.is_valid()
    values = {**form.cleaned_data, **hidden.cleaned_data}
    criteria = desk.Criteria(
        words=values.get("q") or "",
        view=values.get("view") or "",
        status=values.get("status") or "",
        ending=values.get("ending") or "",
        category=values.get("category") or "",
        codes=(values["place"],) if values.get("place") else (),
        holder=values.get("holder"),
        origin=values.get("origin") or "",
        overdue=bool(values.get("overdue")),
        shielded=bool(values.get("shielded")),
        since=values.get("since"),
        until=values.get("until"),
        reopened=bool(values.get("reopened")),
    )
    marks = {"after": values.get("after") or "", "before": values.get("before") or ""}
    return criteria, values.get("sort") or desk.DEFAULT_SORT, marks
