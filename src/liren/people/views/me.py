"""One's own pages: what is held, who looked, what was agreed to, and everything one may ask."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access import rls
from liren.access.limits import SMALL, limited
from liren.access.web import actor_of
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.next_steps import next_steps
from liren.look.messages import done
from liren.look.parts import Link
from liren.look.prefs import SIZE_COOKIE, YEAR
from liren.territory import queries as places
from liren.territory.codes import LENGTHS
from liren.territory.enums import Level
from liren.territory.models import Place

from .. import actions, consents, export, labels, queries, rights, rules
from ..actions.core import own
from ..enums import MandateScope
from ..forms import DisplayForm, HouseholdCodeForm, OwnForm, RequestForm, TenureForm
from ..models import Account
from .parts import beside, signed_in


@dataclass(frozen=True, slots=True)
class Mine:
    """What apps offer links for on "me": see ``base.next_steps`` ("people.me")."""

    community: str
    person: UUID
    kind: str = "people.me"


@require_safe
@signed_in
@never_cache
def me(request: HttpRequest, community: str) -> HttpResponse:
    """Everything about oneself on one page of links."""
    actor = actor_of(request)
    if actor.acting_for is not None:
        assert actor.person is not None
        links = [
            Link(
                label=_("Their matters"),
                icon="list",
                url=reverse("matters:matters", args=[community]),
            )
        ]
        if queries.mandated(actor.acting_for, actor.person, MandateScope.PRIVACY):
            links += [
                _link("data", community, _("Their data"), "person"),
                _link("log", community, _("Who looked at their data"), "eye"),
            ]
        who = queries.person(actor.acting_for)
        return render(request, "people/me_for.html", {"links": links, "person": who, "here": "me"})
    assert actor.person is not None
    who = queries.person(actor.person)
    steps = next_steps(actor, Mine(community, actor.person))
    offered = [Link(label=str(s.label), url=s.url, icon=s.icon, sub=str(s.hint)) for s in steps]
    held = queries.mandates_held(actor.person)
    offers = queries.offers_to(actor.person)
    given = queries.mandates_given(actor.person)
    mine = [
        _link("household", community, _("My household"), "home"),
        Link(
            label=_("Mandates"),
            sub=_("who may act for me, for whom I may act"),
            url=reverse("people:mandates", args=[community]),
            icon="people",
            count=len(offers) or None,
            urgent=bool(offers),
        ),
    ]
    data = [
        _link("data", community, _("My data"), "list", _("see, take away, correct, delete")),
        _link("log", community, _("Who looked at my data"), "eye"),
        _link("consents", community, _("What I agreed to"), "check"),
    ]
    more = [
        _link("display", community, _("Language and type size"), "text-size"),
        _link("security", community, _("Sign-in and security"), "lock"),
    ]
    return render(
        request,
        "people/me.html",
        {
            "person": who,
            "homes": queries.homes_of(actor.person),
            "offered": offered,
            "mine": mine,
            "data": data,
            "more": more,
            "held": held,
            "given": given,
            "here": "me",
        },
    )


def _link(name: str, community: str, label: str, icon: str, sub: str = "") -> Link:
    return Link(label=label, sub=sub, icon=icon, url=reverse(f"people:{name}", args=[community]))


# -- data (PIPL 45–47) -----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@limited(SMALL)
@signed_in
@never_cache
def data(request: HttpRequest, community: str) -> HttpResponse:
    """Everything held, each field with its reasons; below it what can be asked."""
    actor = actor_of(request)
    person = own(actor, scope="privacy")
    form = RequestForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                asked = actions.ask(by=actor, **form.cleaned_data)
            except Invalid as error:
                beside(form, error)
            except Changed as error:
                form.add_error(None, str(error))
                status = 409
            else:
                day = asked.due.astimezone(clock.SHANGHAI).date() if asked.due else None
                done(request, _("Sent. You hear from us by %(day)s.") % {"day": day})
                return redirect("people:data", community=community)
    return render(
        request,
        "people/data.html",
        {
            "tables": [
                {
                    "title": table.title,
                    "items": table.items,
                    "rows": [
                        [
                            (item.label, value)
                            for item, value in zip(table.items, row, strict=True)
                            if value
                        ]
                        for row in table.rows
                    ],
                    "more": table.more,
                }
                for table in export.tables(person, limit=20)
            ],
            "requests": queries.requests_of(person)[:20],
            "form": form,
            "own": actor.acting_for is None,
            "corrections": _corrections(community, own_page=actor.acting_for is None),
            "here": "me",
        },
        status=status,
    )


def _corrections(community: str, *, own_page: bool) -> list[Link]:
    """Return where each entry is corrected at once."""
    found = [
        Link(
            label=str(labels.FIELDS[name]),
            icon="edit",
            url=reverse("people:correct", args=[community, name]),
        )
        for name in rules.OWN_CORRECTABLE
    ]
    if own_page:
        found += [
            _link("security", community, _("Phone, e-mail, password"), "lock"),
            _link("household", community, _("My household"), "home"),
        ]
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@limited(SMALL)
@signed_in
@never_cache
def correct(request: HttpRequest, community: str, field: str) -> HttpResponse:
    """Correct one's own name or year of birth at once."""
    if field not in rules.OWN_CORRECTABLE:
        raise NotFound
    actor = actor_of(request)
    who = queries.person(own(actor, scope="privacy"))
    form = OwnForm(request.POST or None, field=field, initial={"value": getattr(who, field) or ""})
    status, checked = 200, who.identity_hash is not None
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_own(by=actor, field=field, value=form.cleaned_data["value"])
        except Invalid as error:
            for said in error.fields.get(field, [str(error)]):
                form.add_error("value", str(said))
        else:
            done(request, _("Corrected."))
            return redirect("people:data", community=community)
    if request.method == "POST":
        status = 422
    return render(
        request,
        "people/correct.html",
        {"form": form, "label": labels.FIELDS[field], "checked": checked, "here": "me"},
        status=status,
    )


@require_POST
@signed_in
def take_back_request(request: HttpRequest, community: str, asked: UUID) -> HttpResponse:
    """Take back a request the office has not answered yet."""
    actions.take_back_request(by=actor_of(request), request=asked)
    done(request, _("Taken back."))
    return redirect("people:data", community=community)


@require_safe
@limited(SMALL)
@signed_in
@never_cache
def take_away(request: HttpRequest, community: str, form: str) -> HttpResponse:
    """Hand everything out: as JSON for machines, as a sheet for people."""
    person = own(actor_of(request), scope="privacy")
    kinds = {
        "json": ("application/json", export.as_json),
        "xlsx": (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            export.as_sheet,
        ),
    }
    if form not in kinds:
        raise NotFound
    kind, make = kinds[form]
    answer = HttpResponse(make(person), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="liren-{clock.today()}.{form}"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@limited(SMALL)
@signed_in
@never_cache
def delete(request: HttpRequest, community: str) -> HttpResponse:
    """Show what would go and what stays and why; delete when asked to."""
    actor = actor_of(request)
    person = own(actor)
    with rls.everywhere():
        stays, reasons = rights.kept(person), rights.refusals(person)
    error = ""
    if request.method == "POST" and not reasons:
        if request.POST.get("sure") == "yes":
            try:
                actions.erase(by=actor, person=person)
            except Changed as changed:
                reasons = [str(changed)]
            else:
                logout(request)
                return render(request, "people/deleted.html", {"stays": stays})
        else:
            error = _("Please tick that you are sure.")
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "people/delete.html",
        {"stays": stays, "reasons": reasons, "error": error, "here": "me"},
        status=status,
    )


@require_safe
@signed_in
@never_cache
def log(request: HttpRequest, community: str) -> HttpResponse:
    """Who looked at masked data, when and why."""
    person = own(actor_of(request), scope="privacy")
    with rls.everywhere():
        looks = [
            (one, labels.FIELDS.get(one.field, one.field)) for one in queries.looks_at(person)[:200]
        ]
    return render(request, "people/log.html", {"looks": looks, "here": "me"})


# -- consent (PIPL 15) -----------------------------------------------------------------------------


@require_safe
@signed_in
@never_cache
def consent_list(request: HttpRequest, community: str) -> HttpResponse:
    """What was agreed to, in which words, and the way to take it back."""
    person = own(actor_of(request))
    with rls.everywhere():
        rows = [(one, consents.get(one.purpose)) for one in queries.consents_of(person)]
    return render(
        request, "people/consents.html", {"rows": rows, "account": consents.ACCOUNT, "here": "me"}
    )


@require_POST
@limited(SMALL)
@signed_in
def consent_withdraw(request: HttpRequest, community: str, consent: UUID) -> HttpResponse:
    """Take a consent back."""
    actions.withdraw_consent(by=actor_of(request), consent=consent)
    done(request, _("Taken back. It ends at once."))
    return redirect("people:consents", community=community)


# -- display ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@never_cache
def display(request: HttpRequest, community: str) -> HttpResponse:
    """Language and type size, kept with the account and on this device."""
    actor = actor_of(request)
    who = queries.person(own(actor))
    form = DisplayForm(
        request.POST or None, initial={"language": who.language, "large_type": who.large_type}
    )
    if request.method == "POST" and form.is_valid():
        actions.set_display(by=actor, **form.cleaned_data)
        answer = redirect("people:me", community=community)
        remember_display(request, answer, **form.cleaned_data)
        with translation.override(form.cleaned_data["language"]):
            done(request, _("Kept."))
        return answer
    status = 422 if request.method == "POST" else 200
    return render(request, "people/display.html", {"form": form, "here": "me"}, status=status)


def remember_display(
    request: HttpRequest, answer: HttpResponse, *, language: str, large_type: bool
) -> None:
    """Put a person's choices into the cookies the pages read."""
    secure = settings.LANGUAGE_COOKIE_SECURE
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", secure=secure
    )
    if large_type:
        answer.set_cookie(SIZE_COOKIE, "large", max_age=YEAR, samesite="Lax", secure=secure)
    else:
        answer.delete_cookie(SIZE_COOKIE)


# -- household -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@limited(SMALL)
@signed_in
@never_cache
def household(request: HttpRequest, community: str) -> HttpResponse:
    """Where one belongs to, what waits to be confirmed; enter a code, or choose a door."""
    actor = actor_of(request)
    person = own(actor)
    status = 200
    code_form = HouseholdCodeForm(request.POST if request.POST.get("what") == "code" else None)
    claim_form = TenureForm(request.POST if request.POST.get("what") == "claim" else None)
    chosen = _chosen(community, request.GET.get("at", request.POST.get("at", "")))
    if request.method == "POST":
        answer = _belong(request, community, code_form, claim_form, chosen)
        if answer is not None:
            return answer
        status = 422
    return render(
        request,
        "people/household.html",
        {
            "homes": queries.homes_of(person),
            "claims": queries.claims_of(person),
            "code_form": code_form,
            "claim_form": claim_form,
            "door": chosen[-1] if chosen and chosen[-1].level == Level.HOUSEHOLD else None,
            "chosen": _crumbs(community, chosen),
            "choices": _choices(community, chosen),
            "here": "me",
        },
        status=status,
    )


@require_POST
@signed_in
def take_back_claim(request: HttpRequest, community: str, claim: UUID) -> HttpResponse:
    """Take back a claim to belong to a household."""
    actions.take_back_claim(by=actor_of(request), claim=claim)
    done(request, _("Taken back."))
    return redirect("people:household", community=community)


@require_POST
@signed_in
def leave(request: HttpRequest, community: str, residence: UUID) -> HttpResponse:
    """No longer belong to a household, from today."""
    actions.leave_household(by=actor_of(request), residence=residence)
    done(request, _("You no longer belong to this household."))
    return redirect("people:household", community=community)


def _belong(
    request: HttpRequest,
    community: str,
    code_form: HouseholdCodeForm,
    claim_form: TenureForm,
    chosen: list[Place],
) -> HttpResponse | None:
    actor = actor_of(request)
    try:
        if code_form.is_bound and code_form.is_valid():
            home = actions.use_household_code(
                by=actor, community=community, **code_form.cleaned_data
            )
            done(request, _("You now belong to %(place)s") % {"place": home.place.full_name})
            return redirect("people:household", community=community)
        if claim_form.is_bound and claim_form.is_valid() and chosen:
            actions.claim_household(by=actor, place=chosen[-1].pk, **claim_form.cleaned_data)
            done(request, _("Sent. A worker of the community confirms it."))
            return redirect("people:household", community=community)
    except Invalid as error:
        beside(code_form if code_form.is_bound else claim_form, error)
    except NotFound as error:
        code_form.add_error("code", str(error))
    return None


def _chosen(community: str, code: str) -> list[Place]:
    known = code.isascii() and code.isdecimal() and len(code) in LENGTHS.values()
    if not known or not code.startswith(community):
        return []
    return [p for p in places.path(code) if len(p.code) > len(community)]


def _crumbs(community: str, chosen: list[Place]) -> list[Link]:
    return [
        Link(label=place.name, url=f"?at={chosen[n - 1].code if n else community}")
        for n, place in enumerate(chosen)
        if place.level != Level.GRID
    ]


def _choices(community: str, chosen: list[Place]) -> list[Link]:
    if chosen and chosen[-1].level == Level.HOUSEHOLD:
        return []
    if chosen and chosen[-1].level in (Level.BUILDING, Level.UNIT):
        rows = Place.objects.filter(parent=chosen[-1], closed_on__isnull=True).order_by("code")
        return [Link(label=place.name, url=f"?at={place.code}") for place in rows]
    buildings = places.below(community, Level.BUILDING)
    return [Link(label=place.full_name, url=f"?at={place.code}") for place in buildings]


# -- sign-in ---------------------------------------------------------------------------------------


@require_safe
@signed_in
@never_cache
def security(request: HttpRequest, community: str) -> HttpResponse:
    """How one signs in: number, address, password, second factor."""
    from allauth.mfa.utils import is_mfa_enabled

    own(actor_of(request))
    account = request.user
    assert isinstance(account, Account)
    return render(
        request,
        "people/security.html",
        {"account": account, "second": is_mfa_enabled(account), "here": "me"},
    )
