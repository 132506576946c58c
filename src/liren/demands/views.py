"""Demands at the desk: the register, one demand, its decision, what arrived, the year's sheet."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access.actor import Actor, Permission
from liren.access.web import actor_of, needs
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.money import format_yuan, parse_yuan, to_yuan
from liren.base.sheets import Column, write_sheet
from liren.look.messages import done
from liren.look.parts import Entry
from liren.territory.codes import COMMUNITY_LENGTH
from liren.territory.enums import Level
from liren.territory.models import Place

from . import actions, queries, rules
from .enums import Came, DemandState, Often, What
from .forms import ArrivedForm, DecideForm, DemandForm
from .models import Demand

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 50
SHEET_MOST = 5000
TONES = {
    DemandState.WAITING: "wait",
    DemandState.ASKED: "wait",
    DemandState.ACCEPTED: "ok",
    DemandState.DECLINED: "off",
    DemandState.ENDED: "off",
}


def _communities(actor: Actor) -> list[Place]:
    """Return the communities the actor works for, in the order of the codes."""
    found: list[Place] = []
    for code in actor.codes(Permission.MATTER_DISPATCH):
        at = code[:COMMUNITY_LENGTH]
        found += Place.objects.filter(
            code__gte=at, code__lt=at + ":", level=Level.COMMUNITY, closed_on__isnull=True
        ).order_by("code")[:200]
    return found


def _year(text: str) -> int:
    this = clock.today().year
    fits = text.isascii() and text.isdigit() and len(text) == 4
    return int(text) if fits and 2000 <= int(text) <= this + 1 else 0


def _asked(request: HttpRequest) -> tuple[str, str, str]:
    """Return the state, the kind and the community an address asks for; raise ``NotFound``."""
    state, what, at = (request.GET.get(name, "") for name in ("state", "what", "at"))
    known = state in ("", "owed", *DemandState.values) and what in ("", *What.values)
    if not known or (at and not (at.isascii() and at.isdigit())):
        raise NotFound
    return state, what, at


@require_safe
@needs(Permission.MATTER_DISPATCH)
def overview(request: HttpRequest) -> HttpResponse:
    """List demands by the filters of the address; above a community, its figures as well."""
    actor = actor_of(request)
    state, what, at = _asked(request)
    owed = state == "owed"
    year = _year(request.GET.get("year", ""))
    rows = queries.filtered(
        queries.visible(actor), state="" if owed else state, what=what, year=year, owed=owed
    )
    if at:
        rows = rows.filter(community=at)
    rows = queries.with_arrived(rows) if not owed else rows
    found = list(rows.select_related("place").order_by("-since", "-pk")[: PAGE + 1])
    totals = queries.totals(actor)
    kept = {k: v for k, v in (("state", state), ("what", what), ("at", at)) if v}
    context = {
        "here": "demands",
        "choices": [
            *[(s, DemandState(s).label) for s in DemandState.values],
            ("owed", _("promised, not arrived")),
        ],
        "kinds": What.choices,
        "rows": [_row(d) for d in found[:PAGE]],
        "more": len(found) > PAGE,
        "several": len(totals) > 1 or not _single(actor),
        "totals": [
            {
                "total": t,
                "money": format_yuan(t.money),
                "arrived": format_yuan(t.arrived),
            }
            for t in totals
        ],
        "year": clock.today().year,
        "sheet": urlencode({**kept, "year": year or clock.today().year}),
        "filtered": bool(kept or year),
    }
    return render(request, "demands/list.html", context)


def _single(actor: Actor) -> bool:
    return all(len(c) >= COMMUNITY_LENGTH for c in actor.codes(Permission.MATTER_DISPATCH))


def _row(demand: Demand) -> dict[str, Any]:
    arrived = getattr(demand, "arrived_money", 0) or 0
    return {
        "demand": demand,
        "tone": TONES[DemandState(demand.state)],
        "money": format_yuan(demand.money) if demand.money else "",
        "arrived": format_yuan(arrived) if demand.money else "",
        "short": demand.state == DemandState.ACCEPTED and arrived < demand.money,
    }


def _say(form: django_forms.Form, refused: Invalid) -> None:
    for name, texts in (refused.fields or {"": [str(refused)]}).items():
        form.add_error(name if name in form.fields else None, [str(t) for t in texts])


@require_http_methods(["GET", "POST"])
@needs(Permission.MATTER_DISPATCH)
def new(request: HttpRequest) -> HttpResponse:
    """Enter a demand; from a form from above its name comes along."""
    actor = actor_of(request)
    form = DemandForm(
        request.POST if request.method == "POST" else None,
        communities=_communities(actor),
        initial={
            "title": request.GET.get("title", "")[:120],
            "form": request.GET.get("form", ""),
            "since": clock.today(),
            "often": Often.ONCE,
        },
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                row = actions.enter(
                    by=actor,
                    community=data["community"],
                    asked=actions.Asked(
                        asked_by=data["asked_by"],
                        title=data["title"],
                        what=data["what"],
                        basis=data["basis"],
                        article=data["article"],
                        since=data["since"],
                        often=data["often"],
                        minutes=int((data["hours"] or Decimal(0)) * 60),
                        replaces=data["replaces"],
                        money=data["money"],
                        people=data["people"] or 0,
                        powers=data["powers"],
                        promised_by=data["promised_by"],
                        form_key=data["form"],
                    ),
                )
            except Invalid as refused:
                _say(form, refused)
            else:
                done(request, _("Entered. The secretary decides by name."))
                return redirect("demands:one", row.pk)
    context = {"here": "demands", "form": form}
    return render(request, "demands/new.html", context, status=status)


@require_safe
@needs(Permission.MATTER_DISPATCH)
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a demand, what may be done with it, what has arrived."""
    return _one(request, queries.get(actor_of(request), pk))


def _one(
    request: HttpRequest,
    row: Demand,
    *,
    status: int = 200,
    said: str = "",
    verb: str = "",
    decide: DecideForm | None = None,
    came: ArrivedForm | None = None,
) -> HttpResponse:
    actor = actor_of(request)
    decides = queries.deciding_post(actor, row.place_code) is not None
    may = {
        v
        for v, (start, _after) in rules.DEMAND_MOVES.items()
        if row.state in start and (decides or v == "answer")
    }
    yearly = rules.minutes_a_year(row.minutes, row.often)
    balance = queries.balances(row)
    context = {
        "here": "demands",
        "demand": row,
        "tone": TONES[DemandState(row.state)],
        "facts": _facts(row, yearly),
        "decider": queries.decider(row),
        "promised": _promised(row, balance),
        "arrivals": [
            {"row": a, "said": _amount(a.kind, a.amount), "kind": Came(a.kind).label}
            for a in row.arrivals.all()
        ],
        "may": may,
        "verb": verb,
        "typed": request.POST.get("words", "") if verb else "",
        "decide": decide
        or DecideForm(
            initial={
                "seen": row.version,
                "on_duty_list": {True: "yes", False: "no", None: ""}[row.on_duty_list],
                "duty_article": row.duty_article,
            }
        ),
        "came": came or ArrivedForm(initial={"on": clock.today()}),
        "receiving": row.state in (DemandState.ACCEPTED, DemandState.ENDED),
        "coming": came is not None,
        "said": said,
        "entries": [
            Entry(
                what=_said(step.verb),
                at=step.at,
                who=step.by_post.title if step.by_post else "",
                said=step.text,
                state={"accept": "ok", "decline": "bad"}.get(step.verb, ""),
            )
            for step in row.steps.select_related("by_post")
        ],
    }
    return render(request, "demands/one.html", context, status=status)


def _said(verb: str) -> str:
    return {
        "enter": _("Entered"),
        "accept": pgettext("demand", "Accepted"),
        "decline": pgettext("demand", "Declined"),
        "ask_back": pgettext("demand", "Asked back"),
        "answer": pgettext("demand", "The asker answered"),
        "end": pgettext("demand", "Ended"),
        "arrived": _("Something arrived"),
        "not_arrived": _("An arrival was taken back"),
    }.get(verb, verb)


def _hours(minutes: int) -> str:
    return _("%(n)s hours") % {"n": f"{minutes / 60:.1f}".rstrip("0").rstrip(".")}


def _facts(row: Demand, yearly: int) -> list[tuple[str, str]]:
    ground = " ".join(part for part in (row.basis, row.article) if part)
    listed = {
        True: pgettext("duty list", "named there"),
        False: pgettext("duty list", "not named there"),
        None: _("not looked at"),
    }[row.on_duty_list]
    return [
        (_("Who asks"), row.asked_by),
        (_("What it is"), row.get_what_display()),
        (_("On what ground"), ground or _("none was shown")),
        (_("The community's duty list"), f"{listed} {row.duty_article}".strip()),
        (_("From"), row.since.isoformat()),
        (_("How often"), row.get_often_display()),
        (_("Work each time"), _hours(row.minutes) if row.minutes else _("not said")),
        (_("Work a year"), _hours(yearly) if yearly else _("not said")),
        (_("What it replaces"), row.replaces or pgettext("it replaces", "nothing")),
    ]


def _amount(kind: str, amount: int) -> str:
    if kind == Came.MONEY:
        return format_yuan(amount)
    return str(amount) if kind == Came.PEOPLE else ""


def _promised(row: Demand, balance: dict[str, rules.Balance]) -> list[dict[str, Any]]:
    return [
        {
            "kind": Came(kind).label,
            "promised": row.powers if kind == Came.POWERS else _amount(kind, one.promised),
            "arrived": (
                (pgettext("promised", "arrived") if one.whole else "—")
                if kind == Came.POWERS
                else _amount(kind, one.arrived)
            ),
            "whole": one.whole,
        }
        for kind, one in balance.items()
        if one.promised or one.arrived
    ]


def _int(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


@require_POST
@needs(Permission.MATTER_DISPATCH)
def act(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Decide, ask back, answer, end."""
    actor = actor_of(request)
    row = queries.get(actor, pk)
    verb = verb.replace("-", "_")
    if verb not in rules.DEMAND_MOVES:
        raise NotFound
    form = DecideForm(request.POST)
    words, seen = request.POST.get("words", ""), _int(request.POST.get("seen", ""))
    named: dict[str, Any] = {"by": actor, "demand": pk, "words": words, "seen": seen}
    if verb in ("accept", "decline"):
        if not form.is_valid():
            return _one(request, row, status=422, verb=verb, decide=form)
        chosen = form.cleaned_data["on_duty_list"]
        named["on_duty_list"] = {"yes": True, "no": False}.get(chosen)
        named["duty_article"] = form.cleaned_data["duty_article"]
    try:
        getattr(actions, verb)(**named)
    except Invalid as refused:
        if verb in ("accept", "decline"):
            _say(form, refused)
            return _one(request, row, status=422, verb=verb, decide=form)
        said = next(iter(refused.fields.values()), [str(refused)])[0]
        return _one(request, row, status=422, said=str(said), verb=verb)
    except Changed as error:
        again = queries.get(actor, pk)
        stored = " · ".join(f"{k}: {v}" for k, v in error.theirs.items() if v)
        return _one(request, again, status=409, said=f"{error} {stored}", verb=verb)
    done(request, _said(verb))
    return redirect("demands:one", pk)


@require_POST
@needs(Permission.MATTER_DISPATCH)
def arrived(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down what arrived."""
    actor = actor_of(request)
    row = queries.get(actor, pk)
    form = ArrivedForm(request.POST)
    if not form.is_valid():
        return _one(request, row, status=422, came=form)
    data = form.cleaned_data
    try:
        typed = data["amount"].strip()
        if data["kind"] == Came.MONEY:
            try:
                amount = parse_yuan(typed) if typed else 0
            except Invalid as error:
                raise Invalid(fields={"amount": str(error)}) from error
        else:
            amount = max(0, _int(typed)) if typed else 0
        actions.arrived(
            by=actor,
            demand=pk,
            kind=data["kind"],
            amount=amount,
            on=data["on"],
            note=data["note"],
        )
    except Invalid as refused:
        _say(form, refused)
        return _one(request, row, status=422, came=form)
    done(request, _("Written down."))
    return redirect("demands:one", pk)


@require_POST
@needs(Permission.MATTER_DISPATCH)
def take_back(request: HttpRequest, arrival: UUID) -> HttpResponse:
    """Take an arrival back."""
    actor = actor_of(request)
    row = queries.visible(actor).filter(arrivals=arrival).first()
    if row is None:
        raise NotFound
    actions.not_arrived(by=actor, arrival=arrival)
    done(request, _("Taken back."))
    return redirect("demands:one", row.pk)


COLUMNS = [
    Column("community", gettext_lazy("Community")),
    Column("asked_by", gettext_lazy("Who asks")),
    Column("title", gettext_lazy("What is asked")),
    Column("what", gettext_lazy("What it is")),
    Column("basis", gettext_lazy("On what ground")),
    Column("since", gettext_lazy("From")),
    Column("often", gettext_lazy("How often")),
    Column("hours", gettext_lazy("Hours a year")),
    Column("state", gettext_lazy("State")),
    Column("decided", gettext_lazy("Decided by")),
    Column("decided_on", gettext_lazy("Decided on")),
    Column("reason", gettext_lazy("Reason")),
    Column("duty", gettext_lazy("The community's duty list")),
    Column("money", gettext_lazy("Money promised, yuan")),
    Column("money_here", gettext_lazy("Money arrived, yuan")),
    Column("people", gettext_lazy("People promised")),
    Column("people_here", gettext_lazy("People arrived")),
    Column("powers", gettext_lazy("Powers promised")),
]


@require_safe
@needs(Permission.SHEET_EXPORT)
def sheet(request: HttpRequest) -> HttpResponse:
    """The year's register as a sheet, with the filters of the list.

    Refuses more than 5,000 rows (``Invalid``): nothing is left out silently.
    """
    actor = actor_of(request)
    year = _year(request.GET.get("year", "")) or clock.today().year
    state, what, at = _asked(request)
    owed = state == "owed"
    rows = queries.filtered(
        queries.visible(actor), state="" if owed else state, what=what, year=year, owed=owed
    )
    if at:
        rows = rows.filter(community=at)
    rows = rows if owed else queries.with_arrived(rows)
    found = list(
        rows.select_related("place", "decided_by").order_by("community", "since", "pk")[
            : SHEET_MOST + 1
        ]
    )
    if len(found) > SHEET_MOST:
        raise Invalid(_("More than 5,000 rows. Please narrow the list by its filters."))
    data = write_sheet([_cells(d) for d in found], COLUMNS, sheet_name=str(year))
    name = urlencode({"": f"{_('Demands on the community')} {year}.xlsx"})[1:].replace("+", "%20")
    return HttpResponse(
        data,
        content_type=XLSX,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Cache-Control": "no-store",
        },
    )


def _cells(d: Any) -> dict[str, Any]:
    listed = {
        True: pgettext("duty list", "named there"),
        False: pgettext("duty list", "not named there"),
        None: "",
    }[d.on_duty_list]
    return {
        "community": d.place.name,
        "asked_by": d.asked_by,
        "title": d.title,
        "what": d.get_what_display(),
        "basis": " ".join(part for part in (d.basis, d.article) if part),
        "since": d.since,
        "often": d.get_often_display(),
        "hours": Decimal(rules.minutes_a_year(d.minutes, d.often)) / 60,
        "state": d.get_state_display(),
        "decided": d.decided_by.title if d.decided_by else "",
        "decided_on": d.decided_on,
        "reason": d.reason,
        "duty": f"{listed} {d.duty_article}".strip(),
        "money": to_yuan(d.money),
        "money_here": to_yuan(d.arrived_money or 0),
        "people": d.people,
        "people_here": d.arrived_people or 0,
        "powers": d.powers,
    }
