"""The register of places of work (两企三新): each with a post that answers for it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access.actor import Permission
from liren.access.gate import require
from liren.access.web import actor_of, needs
from liren.base.errors import Invalid, NotFound
from liren.look.messages import done
from liren.territory import queries as territory
from liren.territory.codes import COMMUNITY_LENGTH, LENGTHS
from liren.territory.enums import Level
from liren.territory.models import Place

from .. import actions, coverage, queries
from ..enums import WorkplaceKind
from ..forms import WorkplaceForm
from ..models import Post, Term, Workplace
from .network import scope_of

PAGE = 50
LEVELS = (Level.COMMUNITY, Level.GRID, Level.BUILDING)


def _places(at: Place) -> list[tuple[str, str]]:
    rows = territory.below(at.code[:COMMUNITY_LENGTH]).filter(level__in=LEVELS)
    return [(str(row.pk), str(row)) for row in rows]


def _posts(community: str) -> list[tuple[str, str]]:
    """Return the held posts of a community that could answer for a place of work."""
    held = Term.objects.filter(queries.holding(), community=community).values("post")
    rows = Post.objects.filter(community=community, closed_on__isnull=True, pk__in=held)
    return [
        (str(row.pk), row.title)
        for row in rows.exclude(type__level=Level.UNIT).order_by("place_code", "title")
    ]


def _after(request: HttpRequest) -> tuple[str, UUID]:
    code, _dot, pk = request.GET.get("after", "").partition(".")
    try:
        found = UUID(pk)
    except ValueError:
        return "", coverage.NOBODY
    if not (code.isascii() and code.isdigit() and len(code) in LENGTHS.values()):
        return "", coverage.NOBODY
    return code, found


@require_safe
@needs(Permission.MATTER_DISPATCH)
def overview(request: HttpRequest) -> HttpResponse:
    """List the places of work, or only those with nobody responsible."""
    actor, at = actor_of(request), scope_of(request)
    kind = request.GET.get("kind", "")
    kind = kind if kind in WorkplaceKind else ""
    only_gaps = request.GET.get("gaps") == "1"
    listed = coverage.workplaces(
        by=actor,
        code=at.code,
        only_gaps=only_gaps,
        kind=kind,
        after=_after(request),
        limit=PAGE + 1,
    )
    last = listed[PAGE - 1] if len(listed) > PAGE else None
    total, gaps = coverage.workplaces_counted(by=actor, code=at.code)
    context = {
        "here": "network",
        "at": at,
        "rows": listed[:PAGE],
        "more": _address(
            at=at.code, kind=kind, gaps="1" if only_gaps else "", after=f"{last.code}.{last.id}"
        )
        if last
        else "",
        "kinds": WorkplaceKind.choices,
        "only_gaps": [("1", _("nobody responsible"))],
        "total": total,
        "gaps": gaps,
        "may_edit": actor.may(Permission.POST_EDIT, at.code),
    }
    return render(request, "organisation/workplaces.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.POST_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """Put a place of work on the register."""
    actor = actor_of(request)
    code = (request.GET.get("at") or actor.codes(Permission.POST_EDIT)[0])[:COMMUNITY_LENGTH]
    if not (code.isascii() and code.isdigit() and len(code) == COMMUNITY_LENGTH):
        raise NotFound
    require(actor, Permission.POST_EDIT, code)
    at = territory.at_code(code)
    form = WorkplaceForm(request.POST or None, places=_places(at), posts=_posts(code))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                row = actions.register_workplace(by=actor, **_values(form.cleaned_data))
            except Invalid as refused:
                _say(form, refused)
            else:
                done(request, _("%(name)s is on the register.") % {"name": row})
                return redirect(_address(at=code))
    context = {"here": "network", "at": at, "form": form}
    return render(request, "organisation/workplace_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs(Permission.POST_EDIT)
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one place of work; POST says which post is responsible."""
    actor = actor_of(request)
    row = (
        Workplace.objects.select_related("place", "post")
        .filter(pk=pk, closed_on__isnull=True)
        .first()
    )
    if row is None:
        raise NotFound
    require(actor, Permission.POST_EDIT, row.place_code)
    posts = _posts(row.community)
    problem, status = "", 200
    if request.method == "POST":
        wished = request.POST.get("post", "")
        if wished and wished not in {key for key, _title in posts}:
            problem, status = _("Please choose another post here."), 422
        else:
            actions.give_workplace(by=actor, workplace=pk, post=UUID(wished) if wished else None)
            done(request, _("Noted who is responsible for %(name)s.") % {"name": row})
            return redirect(_address(at=row.community))
    context = {
        "here": "network",
        "row": row,
        "posts": posts,
        "chosen": str(row.post_id or ""),
        "problem": problem,
        "up": next(iter(queries.holders_up("three_leaders", row.place_code)), None),
    }
    return render(request, "organisation/workplace.html", context, status=status)


@require_POST
@needs(Permission.POST_EDIT)
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a place of work off the register."""
    row = actions.close_workplace(by=actor_of(request), workplace=pk)
    done(request, _("%(name)s is off the register.") % {"name": row})
    return redirect(_address(at=row.community))


def _address(**parts: str) -> str:
    kept = {key: value for key, value in parts.items() if value}
    return reverse("network:workplaces") + "?" + urlencode(kept)


def _values(data: dict[str, Any]) -> dict[str, Any]:
    return {
        **data,
        "place": UUID(data["place"]),
        "post": UUID(data["post"]) if data["post"] else None,
    }


def _say(form: WorkplaceForm, refused: Invalid) -> None:
    for name, texts in (refused.fields or {"": [str(refused)]}).items():
        form.add_error(name if name in form.fields else None, [str(text) for text in texts])
