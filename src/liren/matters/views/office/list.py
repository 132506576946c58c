"""The list of matters: filters in the address, a panel beside it, keys, pages by keyset."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from liren.access.actor import CODE_END, Actor, Permission, common_prefix
from liren.access.web import actor_of, needs
from liren.base.errors import Refused
from liren.look.messages import done, sorry
from liren.organisation.models import Post
from liren.territory import queries as territory
from liren.territory.codes import community_of
from liren.territory.enums import Level
from liren.territory.models import Place, PlaceSet

from ... import actions, desk, figures, queries
from ...enums import Ending, Status
from ...forms.office import HiddenListForm, ListForm
from ...kinds import kind_name
from ...models import Category
from . import shown
from .matter import back_to

KEPT_OFF = ("after", "before", "at", "place", "compound")
ACCEPTABLE = ("inbox", "late_accept")
BULK = 100
NOWHERE = "-"


@require_safe
@needs(Permission.MATTER_DISPATCH)
def listing(request: HttpRequest) -> HttpResponse:
    """Show the matters that fit the filters of the address."""
    actor = actor_of(request)
    form = ListForm(request.GET, kinds=kinds(actor))
    hidden = HiddenListForm(request.GET)
    criteria, sort, marks = read(form, hidden)
    chips: list[dict[str, str]] = []
    places: list[dict[str, str]] = []
    cell = figures.cell_of(hidden.cleaned_data.get("figure") or "")
    typed = typed_place(request) if cell is None else ""
    if typed:
        # Without script the words come with the form: one place is taken, several are offered.
        sole = sole_place(actor, typed, request.GET)
        if sole:
            return HttpResponseRedirect(sole)
        places = place_links(actor, typed, request.GET)
    elif criteria.codes:
        chips.append(_chip(request, place_label(hidden), "place", "compound"))
    if criteria.holder:
        post = Post.objects.filter(pk=criteria.holder).first()
        chips.append(_chip(request, post.title if post else "", "holder"))
    if criteria.ending:
        chips.append(_chip(request, str(Ending(criteria.ending).label), "ending"))
    narrow = None
    if cell is not None:
        # The list behind a figure is that list: narrowed further it would tell small numbers.
        criteria = desk.Criteria()
        chips = [_chip(request, figure_label(cell), "figure")]
        narrow = partial(figures.behind, cell=cell)
    # While it is open which place is meant, no matter is shown as if it were there.
    page = (
        desk.Page([], 0) if typed else desk.page(actor, criteria, sort=sort, narrow=narrow, **marks)
    )
    rows = shown.rows(page.rows)
    bulk = criteria.view in ACCEPTABLE or criteria.status == Status.SUBMITTED
    context: dict[str, Any] = {
        "here": "list",
        "form": form,
        "kept": [
            (name, value)
            for name, values in request.GET.lists()
            for value in values
            if name not in form.fields and name not in ("after", "before", "figure")
        ],
        "chips": chips,
        "places": places,
        "place_words": typed,
        "without_place": _chip(request, "", "at")["url"],
        "active": bool(request.GET),
        "page": page,
        "rows": rows,
        "lines": shown.lines(rows, holder_url=_narrowing(request, "holder"), bulk=bulk),
        "view_title": shown.COLUMN_TITLES.get(criteria.view, ""),
        "view_hint": shown.COLUMN_HINTS.get(criteria.view, ""),
        "sort": sort,
        "into_form": _into_form(actor, request.GET),
        "bulk": bulk,
    }
    return render(request, "matters/office/list.html", context)


def _into_form(actor: Actor, query: QueryDict) -> str:
    """Return where this very list is filled into a form, "" where no app does that."""
    if not actor.has(Permission.SHEET_EXPORT):
        return ""
    kept = query.copy()
    for name in ("after", "before", "source"):
        kept.pop(name, None)
    kept["source"] = "matters"
    try:
        return f"{reverse('forms:overview')}?{kept.urlencode()}"
    except NoReverseMatch:
        return ""


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
    compound: PlaceSet | None = values.get("compound")
    codes: tuple[str, ...] = (values["place"],) if values.get("place") else ()
    if compound is not None:
        codes = tuple(territory.in_set(compound).values_list("code", flat=True)) or (NOWHERE,)
    criteria = desk.Criteria(
        words=values.get("q") or "",
        view=values.get("view") or "",
        status=values.get("status") or "",
        ending=values.get("ending") or "",
        category=values.get("category") or "",
        codes=codes,
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


PARTS = {
    "all": gettext_lazy("reported"),
    "accept_yes": gettext_lazy("taken on in time"),
    "accept_yes+accept_no": gettext_lazy("taken on, or too late by now"),
    "solved_yes": gettext_lazy("solved, say the reporters"),
    "solved_yes+solved_no": gettext_lazy("answered by the reporters"),
    "satisfied_yes": gettext_lazy("satisfied"),
    "satisfied_yes+satisfied_no": gettext_lazy("rated by the reporters"),
}


def figure_label(cell: figures.Cell) -> str:
    """Return which figure the list is behind. One statement when it is of a kind or a place."""
    name = ""
    if cell.kind:
        kind = Category.objects.filter(key=cell.kind, current=True).order_by("-community").first()
        name = kind_name(kind) if kind else ""
    elif cell.place:
        place = Place.objects.filter(code=cell.place).first()
        name = place.name if place else ""
    said = [cell.quarter, name, str(PARTS.get(cell.part, cell.part))]
    return " · ".join(part for part in said if part)


def _narrowing(request: HttpRequest, name: str) -> str:
    """Return this page's address narrowed further; the value goes at its end."""
    query = request.GET.copy()
    for other in (name, "after", "before"):
        query.pop(other, None)
    return f"?{query.urlencode()}&{name}=" if query else f"?{name}="


def _chip(request: HttpRequest, label: str, *names: str) -> dict[str, str]:
    query = request.GET.copy()
    for name in (*names, "after", "before"):
        query.pop(name, None)
    return {"label": label or "…", "url": f"?{query.urlencode()}"}


# -- places ------------------------------------------------------------------------------------


def place_label(hidden: HiddenListForm) -> str:
    """Return the name of the place or compound the list is narrowed to."""
    compound: PlaceSet | None = hidden.cleaned_data.get("compound")
    if compound is not None:
        return compound.name
    code = hidden.cleaned_data.get("place") or ""
    place = Place.objects.filter(code=code).first()
    return str(place) if place else code


def range_of(actor: Actor) -> str:
    """Return the code below which everything of the actor's desk lies."""
    return common_prefix(actor.codes(Permission.MATTER_VIEW)) or ""


CHOICES = 20


def typed_place(request: HttpRequest) -> str:
    """Return the words typed for a place, without what the database refuses to look for."""
    return _clean(request.GET.get("at", ""))


def _clean(words: str) -> str:
    return words.replace("\x00", "").strip()[:40]


def matching(top: str, words: str) -> "QuerySet[Place]":
    """Return the places of a name: buildings before their entrances and flats, and what bears
    exactly this name before what only holds it.
    """
    exact = Case(When(name__iexact=words, then=Value(0)), default=Value(1))
    # A code is as long as its level is deep.
    return territory.find(top, words).order_by(Length("code"), exact, "code")


def place_choices(top: str, words: str) -> tuple[list[Place], int]:
    """Return the first ``CHOICES`` places of a name, and how many more there are."""
    if not words:
        return [], 0
    found = matching(top, words)
    rows = list(found[:CHOICES])
    return rows, found.count() - len(rows) if len(rows) == CHOICES else 0


def found_places(actor: Actor, words: str, *, limit: int = 12) -> list[tuple[str, str, str]]:
    """Return (parameter, value, label) of compounds and places by name, alias or pinyin.

    Without words: the compounds, then the grids (or communities) right below the desk.
    """
    top = range_of(actor)
    if words:
        sets = _compounds(words)
        places = matching(top, words).exclude(level=Level.HOUSEHOLD)
    else:
        sets = PlaceSet.objects.filter(kind="compound")
        level = Level.GRID if len(top) >= 12 else Level.COMMUNITY
        places = territory.below(top, level)
    sets = sets.filter(community__gte=top, community__lt=top + CODE_END)
    found = [("compound", str(one.pk), one.name) for one in sets.order_by("name")[:limit]]
    found += [("place", one.code, str(one)) for one in places[:limit]]
    return found[: limit + 6]


def _compounds(words: str) -> "QuerySet[PlaceSet]":
    sets = PlaceSet.objects.filter(kind="compound")
    plain = words.replace(" ", "").lower()
    return sets.filter(
        Q(name__icontains=words) | Q(initials__startswith=plain) | Q(pinyin__startswith=plain)
    )


def sole_place(actor: Actor, words: str, query: QueryDict) -> str:
    """Return the address of the list narrowed to the one place or compound that is meant, or "".

    It is the only one found, a building with nothing but its own entrances beside it, or the one
    compound of exactly this name.
    """
    found = found_places(actor, words)
    named = [one for one in found if one[0] == "compound" and one[2] == words]
    places = [value for name, value, _label in found if name == "place"]
    if len(named) == 1 and not any(label == words for name, _v, label in found if name == "place"):
        return _list_url(query, *named[0][:2])
    if len(found) == 1 or (
        places
        and len(places) == len(found) < 12
        and all(code.startswith(places[0]) for code in places)
    ):
        return _list_url(query, *found[0][:2])
    return ""


def _list_url(query: QueryDict, name: str, value: str) -> str:
    kept = query.copy()
    for other in KEPT_OFF:
        kept.pop(other, None)
    kept[name] = value
    return f"{reverse('matters_office:list')}?{kept.urlencode()}"


def place_links(actor: Actor, words: str, query: QueryDict) -> list[dict[str, str]]:
    """Return links that narrow the list of ``query`` to the places found."""
    return [
        {"label": label, "url": _list_url(query, name, value)}
        for name, value, label in found_places(actor, words)
    ]


@require_safe
@needs(Permission.MATTER_DISPATCH)
def places(request: HttpRequest) -> HttpResponse:
    """Offer places for what is being typed: as links for the list, as choices for a form."""
    actor = actor_of(request)
    words = typed_place(request) or _clean(request.GET.get("q", ""))
    if request.GET.get("as") == "choices":
        rows, more = place_choices(range_of(actor), words)
        context = {"rows": rows, "words": words, "more": more}
        return render(request, "matters/office/_place_choices.html", context)
    current = urlsplit(request.headers.get("HX-Current-URL", "")).query
    links = place_links(actor, words, QueryDict(current))
    return render(request, "matters/office/_places.html", {"links": links, "words": words})


# -- several at once ---------------------------------------------------------------------------


@require_POST
@needs(Permission.MATTER_DISPATCH)
def accept_many(request: HttpRequest) -> HttpResponse:
    """Accept the chosen matters. Each stands alone: what somebody changed meanwhile is left out
    and said so; the rest is accepted.
    """
    actor = actor_of(request)
    accepted, left = 0, 0
    for mark in request.POST.getlist("pick")[:BULK]:
        pk, _sep, seen = mark.partition(":")
        try:
            actions.accept(by=actor, matter=UUID(pk), seen=int(seen))
            accepted += 1
        except (ValueError, Refused):
            left += 1
    if accepted:
        done(
            request,
            ngettext("%(n)d matter accepted.", "%(n)d matters accepted.", accepted)
            % {"n": accepted},
        )
    if left:
        sorry(
            request,
            ngettext(
                "%(n)d was left as it is: somebody else was faster.",
                "%(n)d were left as they are: somebody else was faster.",
                left,
            )
            % {"n": left},
        )
    if not accepted and not left:
        sorry(request, _("Please choose at least one matter."))
    return HttpResponseRedirect(back_to(request, request.POST.get("back", "")))
