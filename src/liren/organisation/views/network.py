"""The network as the desk sees it: how each line stands, what is missing, and the next step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access.actor import Actor, Permission, code_range
from liren.access.gate import require
from liren.access.web import actor_of, needs
from liren.base import clock
from liren.base.errors import Invalid, NotFound
from liren.base.next_steps import next_steps
from liren.look.messages import done
from liren.look.parts import Link
from liren.people import queries as people
from liren.people.models import Person
from liren.territory import queries as territory
from liren.territory.codes import LENGTHS, community_of, prefixes
from liren.territory.enums import Level
from liren.territory.models import Place

from .. import actions, coverage, queries
from ..enums import Standing
from ..forms import FillForm, NotNeededForm, StandInForm
from ..models import Arrangement, Line, LineStep, Post, PostType, Term

TONES = {
    Standing.HELD: "ok",
    Standing.STAND_IN: "info",
    Standing.NOT_NEEDED: "off",
    Standing.AWAY: "wait",
    Standing.EXPIRED: "bad",
    Standing.VACANT: "bad",
    Standing.NO_POST: "bad",
}
PAGE = 50


@dataclass(frozen=True, slots=True)
class GapHere:
    """A kind of post missing at a place, as apps above are asked for next steps about it."""

    place: Place
    type: PostType
    kind: ClassVar[str] = "network.gap"


CHOICES = 60


def scope_of(request: HttpRequest) -> Place:
    """Return the place the page is about: ``?at=`` or the highest the actor looks after."""
    actor = actor_of(request)
    codes = actor.codes(Permission.MATTER_DISPATCH)
    code = request.GET.get("at") or (codes[0] if codes else "")
    if not (code.isascii() and code.isdigit()) or len(code) not in LENGTHS.values():
        raise NotFound
    require(actor, Permission.MATTER_DISPATCH, code)
    return territory.at_code(code)


Lines = list[tuple[Line, list[LineStep]]]


def line_of(request: HttpRequest, lines: Lines) -> tuple[Line, list[LineStep]]:
    """Return the line of the address, or the first; raise ``NotFound`` for another one."""
    wished = request.GET.get("line", "")
    for line, steps in lines:
        if line.code == wished or not wished:
            return line, steps
    raise NotFound


def here(**parts: object) -> str:
    """Return the address of the network page with these parts in its query."""
    kept = {key: str(value) for key, value in parts.items() if value not in ("", None)}
    return reverse("network:overview") + ("?" + urlencode(kept) if kept else "")


@require_safe
@needs(Permission.MATTER_DISPATCH)
def overview(request: HttpRequest) -> HttpResponse:
    """Show how a line stands below a place, branch by branch, and the work list of gaps."""
    actor, at = actor_of(request), scope_of(request)
    lines = queries.lines_in(community_of(at.code))
    line, steps = line_of(request, lines)
    length = len(at.code)
    below = next((n for n in sorted(LENGTHS.values()) if n > length), length)
    deeper = below <= LENGTHS[Level.UNIT]
    order = request.GET.get("step", "")
    counted, listed = coverage.survey(
        by=actor,
        line=line,
        code=at.code,
        branch=below if deeper else 0,
        order=int(order) if order.isascii() and order.isdigit() and len(order) < 3 else None,
        after=_after(request),
        limit=PAGE + 1,
    )
    total: dict[int, dict[str, int]] = {step.order: {} for step in steps}
    for one in counted:
        row = total.setdefault(one.order, {})
        row[one.standing] = row.get(one.standing, 0) + one.places
    names = {step.order: step.type.name for step in steps}
    may_edit = actor.may(Permission.POST_EDIT, at.code)
    overlaps, burdened = coverage.strains(by=actor, line=line, code=at.code)
    context = {
        "here": "network",
        "at": at,
        "line": line,
        "tabs": [
            Link(key=one.code, label=one.name, url=here(line=one.code, at=at.code))
            for one, _steps in lines
        ],
        "above": crumbs(actor, at, line),
        "steps": [
            {
                "step": step,
                "all": sum(total[step.order].values()),
                "held": total[step.order].get(Standing.HELD, 0),
                "stand_in": total[step.order].get(Standing.STAND_IN, 0),
                "not_needed": total[step.order].get(Standing.NOT_NEEDED, 0),
                "gaps": sum(total[step.order].get(s, 0) for s in coverage.GAPS),
                "url": here(line=line.code, at=at.code, step=step.order),
                "chosen": order == str(step.order),
            }
            for step in steps
        ],
        "branches": _branches(at, line, counted, below) if deeper else [],
        "gaps": [_gap(gap, names) for gap in listed[:PAGE]],
        "more": here(
            line=line.code,
            at=at.code,
            step=order,
            after=f"{listed[PAGE - 1].code}.{listed[PAGE - 1].order}",
        )
        if len(listed) > PAGE
        else "",
        "may_edit": may_edit,
        "mapped": reverse("network:map") + "?" + urlencode({"line": line.code, "at": at.code}),
        "workplaces": coverage.workplaces_counted(by=actor, code=at.code),
        "overlaps": overlaps,
        "burdened": burdened,
    }
    return render(request, "organisation/network.html", context)


def _after(request: HttpRequest) -> tuple[str, int]:
    code, _dot, order = request.GET.get("after", "").partition(".")
    if code.isascii() and code.isdigit() and order.isascii() and order.isdigit():
        return code[:24], int(order[:3])
    return "", -1


def crumbs(
    actor: Actor, at: Place, line: Line, address: Callable[[Line, str], str] | None = None
) -> list[Link]:
    """Return the places above that the actor looks after, each leading to its own page."""
    codes = [c for c in prefixes(at.code)[1:] if actor.may(Permission.MATTER_DISPATCH, c)]
    leads = address or (lambda one, code: here(line=one.code, at=code))
    rows = Place.objects.filter(code__in=codes).order_by("code")
    return [Link(label=row.name, url=leads(line, row.code)) for row in rows]


def _branches(
    at: Place, line: Line, counted: list[coverage.Count], below: int
) -> list[dict[str, Any]]:
    branches: dict[str, dict[str, Any]] = {}
    for one in sorted(counted, key=lambda one: one.branch):
        if len(one.branch) == below and one.branch != at.code:
            url = here(line=line.code, at=one.branch)
            row = branches.setdefault(
                one.branch, {"place": one.name, "all": 0, "gaps": 0, "url": url}
            )
            row["all"] += one.places
            row["gaps"] += one.places if one.standing in coverage.GAPS else 0
    return list(branches.values())


def _gap(gap: coverage.Gap, names: dict[int, str]) -> dict[str, Any]:
    return {
        "gap": gap,
        "missing": names.get(gap.order, ""),
        "said": gap.standing.label,
        "tone": TONES[gap.standing],
        "url": reverse("network:gap", args=[gap.place, gap.type]),
    }


# -- one gap ----------------------------------------------------------------------------------


def _place(request: HttpRequest, pk: UUID) -> Place:
    place = Place.objects.filter(pk=pk, closed_on__isnull=True).first()
    if place is None:
        raise NotFound
    require(actor_of(request), Permission.POST_EDIT, place.code)
    return place


def _held_near(place: Place, kind: PostType) -> "QuerySet[Post]":
    """Return the posts that could stand in: the community's, nearest branch first."""
    return (
        Post.objects.filter(
            queries.standing_in(kind),
            community=place.community,
            closed_on__isnull=True,
            pk__in=Term.objects.filter(queries.holding(), community=place.community).values("post"),
        )
        .exclude(place=place)
        .order_by("-place_code")
    )


def _living(actor: Actor, place: Place) -> list[Person]:
    """Return who lives at the place, as far as it is small: the first to be asked."""
    if len(place.code) < LENGTHS[Level.BUILDING]:
        return []
    low, high = code_range(place.code)
    rows = people.visible(actor).filter(place_code__gte=low, place_code__lt=high)
    return list(rows.order_by("name_pinyin", "pk")[:CHOICES])


def _near(place: Place, kind: PostType) -> list[Post]:
    around = prefixes(place.code)[1] if len(place.code) > LENGTHS[Level.COMMUNITY] else place.code
    rows = list(_held_near(place, kind).filter(place_code__startswith=around)[:CHOICES])
    above = _held_near(place, kind).filter(place_code__in=prefixes(around)[1:])
    return rows + [post for post in above[:CHOICES] if post not in rows]


@require_http_methods(["GET", "POST"])
@needs(Permission.POST_EDIT)
def gap(request: HttpRequest, place: UUID, kind: str) -> HttpResponse:
    """One gap with its next steps: nominate somebody, let somebody stand in, or none is needed."""
    where = _place(request, place)
    actor = actor_of(request)
    post = (
        Post.objects.filter(place=where, type=kind, closed_on__isnull=True)
        .select_related("type")
        .order_by("pk")
        .first()
    )
    step = next(
        (
            step
            for _line, steps in queries.lines_in(where.community)
            for step in steps
            if step.type_id == kind and step.level == where.level
        ),
        None,
    )
    if step is None:
        raise NotFound
    words = request.GET.get("q", "").strip()[:60]
    found = people.find(actor, words) if words else _living(actor, where)
    near = _near(where, step.type)
    doing = request.POST.get("do", "")
    fill = FillForm(request.POST if doing == "fill" else None, persons=found)
    stand_in = StandInForm(request.POST if doing == "stand_in" else None, posts=near)
    none = NotNeededForm(request.POST if doing == "not_needed" else None)
    status = 200
    if request.method == "POST":
        form = {"fill": fill, "stand_in": stand_in, "not_needed": none}.get(doing)
        if form is None:
            raise NotFound
        status = 422
        if form.is_valid():
            try:
                said = _settle(actor, where, kind, post, doing, form.cleaned_data)
            except Invalid as refused:
                for name, texts in (refused.fields or {"": [str(refused)]}).items():
                    form.add_error(name if name in form.fields else None, [str(t) for t in texts])
            else:
                done(request, said)
                at = where.code[: LENGTHS[Level.COMMUNITY]]
                if request.GET.get("from") == "map":
                    return redirect(reverse("network:map") + "?" + urlencode({"at": at}))
                return redirect(here(at=at))
    context = {
        "here": "network",
        "place": where,
        "step": step,
        "post": post,
        "arrangement": Arrangement.objects.filter(place=where, type=kind)
        .select_related("post")
        .first(),
        "up": next(iter(queries.holders_up(step.line_id, where.code)), None),
        "offers": next_steps(actor, GapHere(where, step.type)),
        "from_map": request.GET.get("from") == "map",
        "words": words,
        "found": found,
        "fill": fill,
        "stand_in": stand_in,
        "none": none,
        "doing": doing,
    }
    return render(request, "organisation/gap.html", context, status=status)


def _settle(
    actor: Actor, where: Place, kind: str, post: Post | None, doing: str, data: dict[str, Any]
) -> str:
    if doing == "stand_in":
        arranged = actions.stand_in(
            by=actor,
            place=where.pk,
            type=kind,
            post=UUID(data["post"]),
            until=data["until"],
            reason=data["reason"],
        )
        return _("%(who)s stands in for %(where)s.") % {"who": arranged.post, "where": where}
    if doing == "not_needed":
        actions.not_needed(
            by=actor, place=where.pk, type=kind, reason=data["reason"], until=data["until"]
        )
        return _("Noted: none is needed at %(where)s.") % {"where": where}
    term = actions.fill(
        by=actor,
        place=where.pk,
        type=kind,
        person=UUID(data["person"]),
        starts=data["starts"] or clock.today(),
        ends=data["ends"],
    )
    return _("%(who)s holds %(post)s now.") % {"who": term.person.name, "post": term.post}


@require_POST
@needs(Permission.POST_EDIT)
def take_back(request: HttpRequest, arrangement: UUID) -> HttpResponse:
    """Take an arrangement back."""
    row = Arrangement.objects.filter(pk=arrangement).first()
    if row is None:
        raise NotFound
    actions.unarrange(by=actor_of(request), arrangement=row.pk)
    done(request, _("Taken back."))
    return redirect("network:gap", row.place_id, row.type_id)
