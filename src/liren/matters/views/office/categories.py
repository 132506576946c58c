"""Categories: two levels, limits, keywords. Every edit is a version; history stays readable."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access.actor import Actor, Permission
from liren.access.web import actor_of, needs
from liren.base.errors import Changed, Invalid, NotFound
from liren.look.messages import done, sorry
from liren.organisation.models import Term
from liren.organisation.queries import holding
from liren.territory import queries as territory
from liren.territory.codes import COMMUNITY_LENGTH
from liren.territory.enums import Level
from liren.territory.models import Place

from ... import queries
from ...actions import categories as actions
from ...enums import Unit
from ...forms.office import CategoryForm
from ...forms.portal import put
from ...kinds import kind_name
from ...models import Category

LABELS = {
    "name": gettext_lazy("Name of the category"),
    "name_en": gettext_lazy("English name"),
    "accept_within": gettext_lazy("Accept within"),
    "accept_unit": gettext_lazy("Unit"),
    "handle_within": gettext_lazy("Done within"),
    "handle_unit": gettext_lazy("Unit"),
    "line": gettext_lazy("Line"),
    "start_level": gettext_lazy("Starts at"),
    "needs_check": gettext_lazy("Verified"),
    "keywords": gettext_lazy("Words that suggest it"),
    "authority": gettext_lazy("Who is responsible when it is not ours"),
    "urgent_advice": gettext_lazy("What to do at once (shown while reporting)"),
}


def communities(actor: Actor, permission: str) -> list[Place]:
    """Return the communities where the actor holds a permission (at most fifty, by code)."""
    found: list[Place] = []
    for code in actor.codes(permission):
        if len(code) <= COMMUNITY_LENGTH:
            found += territory.below(code, Level.COMMUNITY)[:50]
    return found[:50]


def community_of(request: HttpRequest, permission: str) -> tuple[Place, list[Place]]:
    """Return the community the page is about, and the others to choose from.

    Raises ``NotFound`` for one outside the actor's posts.
    """
    listed = communities(actor_of(request), permission)
    wished = request.GET.get("community", "")
    place = next((p for p in listed if p.code == wished), None)
    if place is None and not wished and listed:
        place = listed[0]
    if place is None:
        raise NotFound
    return place, listed


@require_safe
@needs(Permission.CATEGORY_EDIT)
def overview(request: HttpRequest) -> HttpResponse:
    """List groups and their categories with limits and where they start."""
    community, listed = community_of(request, Permission.CATEGORY_EDIT)
    rows = list(queries.categories(community.code))
    groups = [
        {"kind": group, "name": kind_name(group), "inside": _lines(rows, group.key)}
        for group in rows
        if not group.parent_key
    ]
    return render(
        request,
        "matters/office/categories.html",
        {"here": "categories", "groups": groups, "community": community, "listed": listed},
    )


def _lines(rows: list[Category], parent: str) -> list[dict[str, Any]]:
    return [
        {
            "kind": kind,
            "name": kind_name(kind),
            "accept": limit(kind.accept_within, kind.get_accept_unit_display()),
            "handle": limit(kind.handle_within, kind.get_handle_unit_display()),
            "level": Level(kind.start_level).label,
            "own": bool(kind.community),
        }
        for kind in rows
        if kind.parent_key == parent
    ]


def limit(within: int, unit: Any) -> str:
    """Return a limit as people say it."""
    return _("%(n)d %(unit)s") % {"n": within, "unit": unit}


@require_http_methods(["GET", "POST"])
@needs(Permission.CATEGORY_EDIT)
def one(request: HttpRequest, key: str) -> HttpResponse:
    """Edit one category; its versions below."""
    actor = actor_of(request)
    community, _listed = community_of(request, Permission.CATEGORY_EDIT)
    kind = queries.categories(community.code).filter(key=key).first()
    if kind is None:
        raise NotFound
    form = CategoryForm(request.POST or None, initial=_start(kind), community=community.code)
    status, changed = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.edit(
                    by=actor,
                    community=community.code,
                    key=key,
                    wording=form.wording(),
                    why=form.cleaned_data["why"],
                    seen=form.cleaned_data["seen"],
                )
            except Invalid as refused:
                put(form, refused)
            except Changed as refused:
                status, changed = 409, refused
            else:
                done(request, _("Saved. What is reported from now on follows it."))
                return HttpResponseRedirect(_address(community))
    context = {
        "here": "categories",
        "form": form,
        "kind": kind,
        "name": kind_name(kind),
        "community": community,
        "versions": history(community.code, key),
        "changed": changed,
        "fresh": str(kind.pk),
    }
    return render(request, "matters/office/category.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs(Permission.CATEGORY_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """Add a category of the community's own."""
    actor = actor_of(request)
    community, _listed = community_of(request, Permission.CATEGORY_EDIT)
    parent = (
        queries.categories(community.code)
        .filter(key=request.GET.get("parent", ""), parent_key="")
        .first()
    )
    start = _start(parent) if parent else {}
    start.update(name="", name_en="", keywords="", seen="")
    form = CategoryForm(request.POST or None, initial=start, community=community.code)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.add(
                    by=actor,
                    community=community.code,
                    parent=parent.key if parent else "",
                    wording=form.wording(),
                    why=form.cleaned_data["why"],
                )
            except Invalid as refused:
                put(form, refused)
            else:
                done(request, _("Added. It is offered from now on."))
                return HttpResponseRedirect(_address(community))
    context = {
        "here": "categories",
        "form": form,
        "community": community,
        "parent": kind_name(parent) if parent else "",
    }
    return render(request, "matters/office/category.html", context, status=status)


@require_POST
@needs(Permission.CATEGORY_EDIT)
def restore(request: HttpRequest, key: str) -> HttpResponse:
    """Put the shipped category back in force, or stop offering one of our own."""
    community, _listed = community_of(request, Permission.CATEGORY_EDIT)
    try:
        shipped = actions.restore(by=actor_of(request), community=community.code, key=key)
    except Invalid as refused:
        sorry(request, str(refused))
    else:
        done(
            request,
            _("The shipped category is in force again.")
            if shipped
            else _("It is no longer offered; its matters keep it."),
        )
    return HttpResponseRedirect(_address(community))


def _address(community: Place) -> str:
    return f"{reverse('matters_office:categories')}?community={community.code}"


def _start(kind: Category) -> dict[str, Any]:
    names = [name for name in LABELS if name not in ("line", "keywords")]
    start = {name: getattr(kind, name) for name in names}
    return {**start, "line": kind.line_id, "keywords": " ".join(kind.keywords), "seen": kind.pk}


def history(community: str, key: str) -> list[dict[str, Any]]:
    """Return the versions of a category, newest first, each with what it changed."""
    rows = list(
        Category.objects.filter(community__in=("", community), key=key)
        .order_by("community", "version")
        .select_related("line")
    )
    who = _authors({row.changed_by for row in rows if row.community})
    found = []
    before: Category | None = None
    for row in rows:
        changes = []
        if before is not None:
            for name, label in LABELS.items():
                old, now = getattr(before, name), getattr(row, name)
                if old != now:
                    changes.append((str(label), _said(name, old), _said(name, now)))
        found.append(
            {
                "row": row,
                "shipped": not row.community,
                "who": who.get(row.changed_by, ""),
                "changes": changes,
                "current": row.current and (bool(row.community) or len(rows) == 1),
            }
        )
        before = row
    found.reverse()
    return found


def _said(name: str, value: object) -> str:
    if name in ("accept_unit", "handle_unit"):
        return str(Unit(str(value)).label)
    if name == "start_level":
        return str(Level(str(value)).label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return " ".join(str(one) for one in value) or "—"
    return str(value) or "—"


def _authors(names: set[str]) -> dict[str, str]:
    """Return the posts (not the persons) behind what the audit calls them."""
    persons = {}
    for name in names:
        kind, _sep, pk = name.partition(":")
        if kind == "person":
            persons[UUID(pk)] = name
    titles: dict[str, str] = {}
    terms = Term.objects.filter(holding(), person__in=list(persons)).select_related("post")
    for term in terms:
        titles.setdefault(persons[term.person_id], term.post.title)
    return titles
