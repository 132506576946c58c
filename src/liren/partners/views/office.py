"""The desk's pages: calls, applications, agreements, projects, the scheme, seconded staff."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from liren.access.actor import Actor, Permission
from liren.access.limits import SMALL, limited
from liren.access.web import actor_of, needs
from liren.base import clock
from liren.base.errors import NotFound
from liren.base.text import mask_name, mask_phone
from liren.look.messages import done
from liren.look.parts import Link
from liren.people import queries as people
from liren.people.models import Person
from liren.territory import queries as territory
from liren.territory.codes import community_of

from .. import actions, queries, rules
from ..enums import AgreementState, ApplicationState, CallState, LetterState
from ..forms import (
    AboutForm,
    AgreementForm,
    ApplyForm,
    CallForm,
    CloseForm,
    DecideForm,
    EndForm,
    GiftForm,
    LiaisonForm,
    MilestoneForm,
    ProjectForm,
    RenewForm,
    SchemeForm,
    SignForm,
    TaskForm,
    VetForm,
    WordsForm,
)
from ..models import Agreement, Application, OpenCall, Scheme
from ..words import STANDINGS, TONES
from .portal import offer_of
from .shared import (
    Line,
    agreement_line,
    agreement_pdf,
    call_line,
    days_said,
    identity,
    number,
    pdf,
    places_of,
    project_line,
    project_parts,
    tried,
)

SHOWN = 100
P = Permission.PARTNER_EDIT


def _community(actor: Actor) -> str:
    """Return the community whose partners the actor looks after: the first of theirs."""
    return community_of(min(actor.codes(P)))


def _found(actor: Actor, words: str) -> list[Person]:
    return people.find(actor, words.strip()[:60]) if words.strip() else []


# -- overview ----------------------------------------------------------------------------------


@require_safe
@needs(P)
def overview(request: HttpRequest) -> HttpResponse:
    """What waits, then the lists: calls, agreements, projects."""
    actor = actor_of(request)
    tab = request.GET.get("tab", "now")
    waiting = queries.applications(actor).filter(state=ApplicationState.WAITING)
    lists: dict[str, list[Line]] = {}
    if tab == "calls":
        lists["calls"] = [
            call_line(one, reverse("partners_office:call", args=[one.pk]), desk=True)
            for one in queries.calls(actor)[:SHOWN]
        ]
    elif tab == "agreements":
        lists["agreements"] = _agreements(queries.agreements(actor).order_by("-ends", "pk"))
    elif tab == "projects":
        lists["projects"] = _projects(queries.projects(actor).order_by("-due", "pk"))
    else:
        tab = "now"
        lists["applications"] = [
            Line(
                one.name,
                reverse("partners_office:application", args=[one.pk]),
                TONES[ApplicationState.WAITING],
                one.get_state_display(),
                f"{one.call.title} · {one.applied_on.isoformat()}",
            )
            for one in waiting[:SHOWN]
        ]
        drafts = queries.agreements(actor).filter(state=AgreementState.DRAFT)
        lists["drafts"] = _agreements(drafts)
        lists["ending"] = _agreements(queries.ending_soon(queries.agreements(actor)))
        lists["running"] = _projects(queries.projects(actor).filter(state__in=queries.OPEN_PROJECT))
    titles = {
        "now": _("To do"),
        "calls": _("Open calls"),
        "agreements": _("Agreements"),
        "projects": _("Projects"),
    }
    return render(
        request,
        "partners/office/overview.html",
        {
            "here": "partners",
            "tab": tab,
            "tabs": [
                Link(key=key, label=str(said), url=f"?tab={key}") for key, said in titles.items()
            ],
            **lists,
        },
    )


def _agreements(rows: Any) -> list[Line]:
    return [
        agreement_line(one, reverse("partners_office:agreement", args=[one.pk]))
        for one in rows[:SHOWN]
    ]


def _projects(rows: Any) -> list[Line]:
    return [
        project_line(one, reverse("partners_office:project", args=[one.pk])) for one in rows[:SHOWN]
    ]


# -- calls -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P)
def call_new(request: HttpRequest) -> HttpResponse:
    """Write a call."""
    actor = actor_of(request)
    community = _community(actor)
    today = clock.today()
    form = CallForm(
        request.POST or None,
        places=places_of(community),
        scheme=queries.scheme(community),
        initial={"opens": today, "closes": today + timedelta(days=30), "capacity": 1},
    )
    made: list[OpenCall] = []

    def write(data: dict[str, Any]) -> None:
        made.append(actions.write_call(by=actor, wanted=_wanted(data)))

    if request.method == "POST" and tried(form, write):
        done(request, _("Written. Publish it when it is right."))
        return redirect("partners_office:call", made[0].pk)
    return render(
        request,
        "partners/office/form.html",
        {
            "here": "partners",
            "title": _("New open call"),
            "form": form,
            "send": _("Keep the draft"),
            "back": reverse("partners_office:overview") + "?tab=calls",
        },
        status=422 if request.method == "POST" else 200,
    )


def _wanted(data: dict[str, Any]) -> actions.Wanted:
    values: dict[str, Any] = {name: data[name] for name in actions.Wanted.__slots__}
    return actions.Wanted(**{**values, "place": identity(values["place"])})


def _call(actor: Actor, pk: UUID) -> OpenCall:
    found = queries.calls(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P)
def call(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One call: change it, publish it, close it, and the applications to it."""
    actor = actor_of(request)
    row = _call(actor, pk)
    doing = request.POST.get("do", "")
    form = CallForm(
        request.POST if doing == "write" else None,
        places=places_of(row.community),
        scheme=row.scheme,
        initial={
            **{
                name: getattr(row, name)
                for name in (
                    "title",
                    "wanted",
                    "area",
                    "trade",
                    "term",
                    "who",
                    "capacity",
                    "opens",
                    "closes",
                )
            },
            "place": str(row.place_id),
            "seen": row.version,
        },
    )
    close = CloseForm(request.POST if doing == "close" else None)
    acts: dict[str, tuple[django_forms.Form, Callable[[dict[str, Any]], object]]] = {
        "write": (
            form,
            lambda data: actions.write_call(
                by=actor, call=row.pk, wanted=_wanted(data), seen=data["seen"]
            ),
        ),
        "close": (close, lambda data: actions.close_call(by=actor, call=row.pk, why=data["why"])),
    }
    if request.method == "POST":
        if doing == "publish":
            actions.publish_call(by=actor, call=row.pk, seen=number(request.POST.get("seen", "")))
            done(request, _("Published."))
            return redirect("partners_office:call", pk)
        if doing not in acts:
            raise NotFound
        if tried(*acts[doing]):
            done(request, _("Kept."))
            return redirect("partners_office:call", pk)
    listed = queries.applications(actor).filter(call=row).order_by("applied_on", "pk")
    line = call_line(row, "", desk=True)
    return render(
        request,
        "partners/office/call.html",
        {
            "here": "partners",
            "call": row,
            "line": line,
            "form": form,
            "close": close,
            "doing": doing,
            "days": days_said(row.opens, row.closes),
            "draft": row.state == CallState.DRAFT,
            "closed": row.state == CallState.CLOSED,
            "applications": [
                Line(
                    one.name,
                    reverse("partners_office:application", args=[one.pk]),
                    TONES.get(one.state, "off"),
                    one.get_state_display(),
                    one.applied_on.isoformat(),
                )
                for one in listed[:SHOWN]
            ],
        },
        status=422 if request.method == "POST" else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P)
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write an application down for somebody who came, called or sent paper."""
    actor = actor_of(request)
    row = _call(actor, pk)
    form = ApplyForm(request.POST or None, call=row)
    made: list[actions.Receipt] = []

    def send(data: dict[str, Any]) -> None:
        made.append(actions.apply(by=actor, call=row.pk, offer=offer_of(data), recorded=True))

    if request.method == "POST" and tried(form, send):
        done(
            request,
            _("Written down. Their query code: %(code)s") % {"code": made[0].code},
        )
        return redirect("partners_office:application", made[0].application.pk)
    return render(
        request,
        "partners/office/form.html",
        {
            "here": "partners",
            "title": _("Write an application down"),
            "lead": row.title,
            "form": form,
            "send": _("Write it down"),
            "back": reverse("partners_office:call", args=[row.pk]),
        },
        status=422 if request.method == "POST" else 200,
    )


# -- applications ------------------------------------------------------------------------------


def _application(actor: Actor, pk: UUID) -> Application:
    found = queries.applications(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(P)
def application(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One application: check it, note conflicts, accept or decline with words."""
    actor = actor_of(request)
    row = _application(actor, pk)
    doing = request.POST.get("do", "")
    vet = VetForm(
        request.POST if doing == "vet" else None,
        checks=[(one["key"], one["name"]) for one in row.call.scheme.checks],
        initial={
            "ticked": row.ticked,
            "conflict_note": row.conflict_note,
            "seen": row.version,
        },
    )
    decide = DecideForm(
        request.POST if doing in ("accept", "decline") else None,
        auto_id="decide-%s",
        initial={"seen": row.version},
    )
    status = 200
    if request.method == "POST":
        if doing == "vet":
            form: django_forms.Form = vet
        elif doing in ("accept", "decline"):
            form = decide
        else:
            raise NotFound

        def act(data: dict[str, Any]) -> None:
            if doing == "vet":
                actions.vet(
                    by=actor,
                    application=row.pk,
                    ticked=data["ticked"],
                    conflict_note=data["conflict_note"],
                    seen=data["seen"] or 0,
                )
            elif doing == "accept":
                actions.accept(by=actor, application=row.pk, why=data["why"], seen=data["seen"])
            else:
                actions.decline(by=actor, application=row.pk, why=data["why"], seen=data["seen"])

        if tried(form, act):
            if doing == "accept":
                done(request, _("Accepted. Now write the agreement."))
                made = Agreement.objects.get(application=row.pk)
                return redirect("partners_office:agreement", made.pk)
            done(request, _("Kept."))
            return redirect("partners_office:application", pk)
        status = 422
    return _show_application(request, row, vet, decide, status=status)


def _show_application(
    request: HttpRequest,
    row: Application,
    vet: VetForm,
    decide: DecideForm,
    *,
    status: int = 200,
    phone: str = "",
    wrong: str = "",
) -> HttpResponse:
    names = [str(one["key"]) for one in row.call.scheme.checks]
    return render(
        request,
        "partners/office/application.html",
        {
            "here": "partners",
            "application": row,
            "tone": TONES.get(row.state, "off"),
            "contact": mask_name(row.contact_name),
            "phone": phone or mask_phone(row.contact_phone or ""),
            "shown": bool(phone),
            "may_reveal": bool(row.contact_phone)
            and not phone
            and actor_of(request).may(Permission.PEOPLE_UNMASK, row.community),
            "wrong": wrong,
            "vet": vet,
            "decide": decide,
            "waiting": row.state == ApplicationState.WAITING,
            "ready": not rules.missing(names, row.ticked) and bool(row.conflict_note),
            "agreement": Agreement.objects.filter(application=row.pk).first(),
        },
        status=status,
    )


@limited(SMALL)
@require_http_methods(["POST"])
@never_cache
@needs(Permission.PEOPLE_UNMASK)
def reveal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the phone of an applicant once, after a reason they can read (G3)."""
    actor = actor_of(request)
    row = _application(actor, pk)
    vet = VetForm(
        checks=[(one["key"], one["name"]) for one in row.call.scheme.checks],
        initial={"ticked": row.ticked, "conflict_note": row.conflict_note},
    )
    form = _Reason(request.POST)
    shown: list[str] = []
    tried(
        form,
        lambda data: shown.append(
            actions.reveal(by=actor, application=row.pk, reason=data["reason"])
        ),
    )
    row.refresh_from_db()
    vet.initial["seen"] = row.version
    wrong = "" if shown else _("Please say why, in a few words.")
    return _show_application(
        request,
        row,
        vet,
        DecideForm(initial={"seen": row.version}, auto_id="decide-%s"),
        status=200 if shown else 422,
        phone=shown[0] if shown else "",
        wrong=wrong,
    )


class _Reason(django_forms.Form):
    """Why somebody has to see a number."""

    reason = django_forms.CharField(max_length=200)


# -- agreements --------------------------------------------------------------------------------


def _agreement(actor: Actor, pk: UUID) -> Agreement:
    found = queries.agreements(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(P)
def agreement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One agreement: written, signed, its projects, renewed, ended."""
    actor = actor_of(request)
    row = _agreement(actor, pk)
    doing = request.POST.get("do", "")
    words = request.GET.get("q", "")
    after = row.ends + timedelta(days=1)
    months = next((t["months"] for t in row.scheme.terms if t["key"] == row.term), 6)

    def sent(name: str) -> dict[str, Any]:
        return {"data": request.POST if doing == name else None, "auto_id": f"{name}-%s"}

    forms: dict[str, django_forms.Form] = {
        "write": AgreementForm(
            **sent("write"),
            initial={
                "promises": row.promises,
                "gives": row.gives,
                "starts": row.starts,
                "ends": row.ends,
                "seen": row.version,
            },
        ),
        "sign": SignForm(**sent("sign"), initial={"signed_on": clock.today(), "seen": row.version}),
        "renew": RenewForm(
            **sent("renew"),
            initial={"starts": after, "ends": rules.months_later(after, int(months))},
        ),
        "end": EndForm(**sent("end"), others=_others(actor, row)),
        "project": ProjectForm(
            **sent("project"),
            places=places_of(row.community),
            posts=[(str(one.pk), one.title) for one in queries.receivers(row.community)[:200]],
            persons=_found(actor, words),
            initial={"starts": max(row.starts, clock.today()), "due": row.ends},
        ),
    }
    status = 200
    if request.method == "POST":
        if doing not in forms:
            raise NotFound
        if tried(forms[doing], lambda data: _do_agreement(actor, row, doing, data)):
            done(request, _("Kept."))
            return redirect("partners_office:agreement", pk)
        status = 422
    standing = queries.standing(row)
    tone, state = STANDINGS[standing]
    return render(
        request,
        "partners/office/agreement.html",
        {
            "here": "partners",
            "agreement": row,
            "partner": row.partner,
            "tone": tone,
            "state": state,
            "days": days_said(row.starts, row.ends),
            "draft": row.state == AgreementState.DRAFT,
            "signed": row.state == AgreementState.SIGNED,
            "forms": forms,
            "doing": doing,
            "words": words,
            "owed": queries.left_open(row),
            "projects": _projects(queries.projects(actor).filter(agreement=row)),
            "renewal": row.renewals.exclude(state=AgreementState.DROPPED).first(),
        },
        status=status,
    )


def _others(actor: Actor, row: Agreement) -> list[tuple[str, str]]:
    today = clock.today()
    found = queries.agreements(actor).filter(
        state=AgreementState.SIGNED, starts__lte=today, ends__gte=today, community=row.community
    )
    return [
        (str(one.pk), f"{one.partner.name}（{one.trade_name}）")
        for one in found.exclude(partner=row.partner_id)[:SHOWN]
    ]


def _do_agreement(actor: Actor, row: Agreement, doing: str, data: dict[str, Any]) -> None:
    if doing == "write":
        actions.write_agreement(
            by=actor,
            agreement=row.pk,
            promises=data["promises"],
            gives=data["gives"],
            starts=data["starts"],
            ends=data["ends"],
            seen=data["seen"],
        )
    elif doing == "sign":
        actions.sign(by=actor, agreement=row.pk, signed_on=data["signed_on"], seen=data["seen"])
    elif doing == "renew":
        actions.renew(by=actor, agreement=row.pk, starts=data["starts"], ends=data["ends"])
    elif doing == "end":
        to = data["hand_to"]
        if row.state == AgreementState.DRAFT:
            actions.drop(by=actor, agreement=row.pk, why=data["why"])
            return
        actions.end(
            by=actor,
            agreement=row.pk,
            why=data["why"],
            hand_to=identity(to) if to and to != "give_up" else None,
            give_up=to == "give_up",
            words=data["words"],
        )
    else:
        kind, _colon, key = data["receiver"].partition(":")
        actions.begin_project(
            by=actor,
            agreement=row.pk,
            place=identity(data["place"]),
            title=data["title"],
            what=data["what"],
            starts=data["starts"],
            due=data["due"],
            receiver_post=identity(key) if kind == "post" else None,
            receiver_person=identity(key) if kind == "person" else None,
        )


@require_safe
@never_cache
@needs(P)
def agreement_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The agreement as paper to sign."""
    row = _agreement(actor_of(request), pk)
    return pdf(agreement_pdf(row, territory.community(row.community)), "agreement")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(P)
def partner(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One partner: what the public page says, who speaks for it, its agreements; it leaves."""
    actor = actor_of(request)
    row = queries.office_partner(actor, pk)
    doing = request.POST.get("do", "")
    words = request.GET.get("q", "")
    about = AboutForm(request.POST if doing == "about" else None, initial={"about": row.about})
    liaison = LiaisonForm(
        request.POST if doing == "liaison" else None, persons=_found(actor, words)
    )
    status = 200
    if request.method == "POST":
        if doing == "leave":
            actions.leave(by=actor, partner=row.pk)
            done(request, _("Taken off the list. Thank you to them."))
            return redirect("partners_office:overview")
        if doing == "about":
            ok = tried(
                about,
                lambda data: actions.describe(by=actor, partner=row.pk, about=data["about"]),
            )
        elif doing == "liaison":
            ok = tried(
                liaison,
                lambda data: actions.give_liaison(
                    by=actor, partner=row.pk, person=identity(data["person"])
                ),
            )
        else:
            raise NotFound
        if ok:
            done(request, _("Kept."))
            return redirect("partners_office:partner", pk)
        status = 422
    return render(
        request,
        "partners/office/partner.html",
        {
            "here": "partners",
            "partner": row,
            "about": about,
            "liaison": liaison,
            "words": words,
            "found": _found(actor, words),
            "speaks": [
                mask_name(one.person.name)
                for one in row.post.terms.filter(ends__isnull=True).select_related("person")
            ],
            "agreements": _agreements(queries.agreements(actor).filter(partner=row)),
        },
        status=status,
    )


# -- projects ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(P)
def project(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One project: its steps and contributions, planned here; confirmed by who receives."""
    actor = actor_of(request)
    row = queries.projects(actor).filter(pk=pk).first()
    if row is None:
        raise NotFound
    doing = request.POST.get("do", "")
    forms: dict[str, django_forms.Form] = {
        "milestone": MilestoneForm(
            request.POST if doing == "milestone" else None,
            auto_id="step-%s",
            initial={"due": row.due},
        ),
        "gift": GiftForm(
            request.POST if doing == "gift" else None, auto_id="gift-%s", initial={"due": row.due}
        ),
        "give_up": WordsForm(
            request.POST if doing == "give_up" else None,
            auto_id="up-%s",
            initial={"seen": row.version},
        ),
        "answer": WordsForm(
            request.POST if doing in ("yes", "no", "arrived", "missing") else None,
            initial={"seen": row.version},
        ),
    }
    status = 200
    if request.method == "POST":
        form = forms.get("answer" if doing in ("yes", "no", "arrived", "missing") else doing)
        if form is None:
            raise NotFound
        thing = request.POST.get("thing", "")

        def act(data: dict[str, Any]) -> None:
            if doing == "milestone":
                actions.add_milestone(
                    by=actor, project=row.pk, title=data["title"], due=data["due"]
                )
            elif doing == "gift":
                actions.promise_gift(
                    by=actor,
                    project=row.pk,
                    **{name: data[name] for name in ("kind", "what", "amount", "due")},
                )
            elif doing == "give_up":
                actions.give_up(by=actor, project=row.pk, why=data["words"], seen=data["seen"])
            elif doing in ("arrived", "missing"):
                actions.answer_gift(
                    by=actor,
                    gift=identity(thing),
                    received=doing == "arrived",
                    words=data["words"],
                )
            else:
                actions.answer(
                    by=actor,
                    project=row.pk,
                    received=doing == "yes",
                    words=data["words"],
                    seen=data["seen"],
                )

        if tried(form, act):
            done(request, _("Kept."))
            return redirect("partners_office:project", pk)
        status = 422
    return render(
        request,
        "partners/office/project.html",
        {
            "here": "partners",
            "forms": forms,
            "form": forms["answer"],
            "doing": doing,
            "open": row.state in queries.OPEN_PROJECT,
            **project_parts(row, actor),
        },
        status=status,
    )


# -- the scheme --------------------------------------------------------------------------------

LISTS = ("areas", "trades", "terms", "checks")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P)
def scheme(request: HttpRequest) -> HttpResponse:
    """The scheme in force, and a new version of it."""
    actor = actor_of(request)
    community = _community(actor)
    now = queries.scheme(community)
    form = SchemeForm(
        request.POST or None,
        initial={
            "name": now.name,
            "source": now.source,
            "seen": now.version,
            **{of: _lines(now, of) for of in LISTS},
        },
    )

    def act(data: dict[str, Any]) -> None:
        actions.edit_scheme(
            by=actor,
            community=community,
            seen=data["seen"],
            name=data["name"],
            source=data["source"],
            lists={of: _parsed(now, of, data[of]) for of in LISTS},
        )

    if request.method == "POST" and tried(form, act):
        done(request, _("In force from today. Agreements keep the version they were made under."))
        return redirect("partners_office:scheme")
    return render(
        request,
        "partners/office/scheme.html",
        {
            "here": "partners",
            "scheme": now,
            "form": form,
            "versions": queries.versions(community)[:20],
        },
        status=422 if request.method == "POST" else 200,
    )


def _lines(now: Scheme, of: str) -> str:
    return "\n".join(
        f"{one['name']} | {one['months']}" if "months" in one else str(one["name"])
        for one in getattr(now, of)
    )


def _parsed(now: Scheme, of: str, text: str) -> list[dict[str, Any]]:
    """Return lines as entries; a name that was there keeps its key."""
    keys = {str(one["name"]): str(one["key"]) for one in getattr(now, of)}
    found: list[dict[str, Any]] = []
    for line in text.splitlines():
        name, _bar, months = (part.strip() for part in line.partition("|"))
        if not name and not months:
            continue
        entry: dict[str, Any] = {"name": name, "key": keys.get(name, "")}
        if of == "terms":
            entry["months"] = number(months)
        found.append(entry)
    return found


# -- seconded staff ----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(P)
def seconded(request: HttpRequest) -> HttpResponse:
    """Tasks to offer, who helps and when it suits them, letters asked for."""
    actor = actor_of(request)
    community = _community(actor)
    doing = request.POST.get("do", "")
    task = TaskForm(
        request.POST if doing == "task" else None,
        places=places_of(community),
        initial={"day": clock.today() + timedelta(days=3), "needed": 2},
    )
    words = WordsForm(request.POST if doing in ("cancel", "issue", "decline") else None)
    status = 200
    if request.method == "POST":
        if doing not in ("task", "cancel", "issue", "decline"):
            raise NotFound
        thing = request.POST.get("thing", "")

        def act(data: dict[str, Any]) -> None:
            if doing == "task":
                actions.offer_task(
                    by=actor,
                    place=identity(data["place"]),
                    **{name: data[name] for name in ("title", "what", "day", "half", "needed")},
                )
            elif doing == "cancel":
                actions.cancel_task(by=actor, task=identity(thing), why=data["words"])
            else:
                actions.answer_letter(
                    by=actor, letter=identity(thing), issue=doing == "issue", words=data["words"]
                )

        if tried(task if doing == "task" else words, act):
            done(request, _("Kept."))
            return redirect("partners_office:seconded")
        status = 422
    tasks = list(queries.tasks_ahead(community)[:SHOWN])
    counts = queries.taking(tasks)
    people_here = list(queries.seconded(actor)[:SHOWN])
    letters = list(queries.letters(actor).filter(state=LetterState.ASKED)[:SHOWN])
    # Helpers may live in another community, whose residents this desk does not see.
    names = queries.names_here(
        {one.person_id for one in people_here} | {one.secondment.person_id for one in letters}
    )
    free: dict[UUID, list[str]] = {}
    for one in queries.free_halves(people_here):
        said = f"{one.day.isoformat()} {one.get_half_display()}"
        free.setdefault(one.secondment_id, []).append(said)
    return render(
        request,
        "partners/office/seconded.html",
        {
            "here": "seconded",
            "task": task,
            "words": words,
            "doing": doing,
            "thing": request.POST.get("thing", ""),
            "tasks": [
                {
                    "task": one,
                    "said": _("%(n)d of %(all)d") % {"n": counts.get(one.pk, 0), "all": one.needed},
                    "full": counts.get(one.pk, 0) >= one.needed,
                }
                for one in tasks
            ],
            "people": [
                {
                    "name": names.get(one.person_id) or _("a resident"),
                    "home": one.home,
                    "skills": one.skills,
                    "free": free.get(one.pk, []),
                }
                for one in people_here
            ],
            "letters": [
                {"letter": one, "name": names.get(one.secondment.person_id) or _("a resident")}
                for one in letters
            ],
        },
        status=status,
    )
