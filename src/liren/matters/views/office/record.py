"""Writing a need down for somebody who did not do it themselves: equal rights, a receipt."""

from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access.actor import Actor, Permission
from liren.access.web import actor_of, needs
from liren.base.crypto import key_hash
from liren.base.errors import Invalid
from liren.base.qr import qr_svg
from liren.base.text import bigrams
from liren.organisation.queries import leaders_at
from liren.people.models import Person
from liren.territory import queries as territory
from liren.territory.codes import COMMUNITY_LENGTH, community_of
from liren.territory.models import Place

from ... import actions, desk, queries
from ...enums import Origin
from ...forms.office import RecordForm
from ...forms.portal import new_once, put
from ...kinds import kind_name
from ...models import Category
from ...suggestions import suggest
from ..report import photos_of
from . import shown
from .hints import because
from .list import place_choices, range_of

COOKIE = "liren_desk_receipt"
SALT = "liren.desk.receipt"
SECONDS = 15 * 60


@require_http_methods(["GET", "POST"])
@needs(Permission.MATTER_RECORD)
def record(request: HttpRequest) -> HttpResponse:
    """The form, and taking the need in. Without script the place is looked for by a button."""
    actor = actor_of(request)
    kinds = _kinds(actor)
    if request.method == "GET":
        start = {"once": new_once(), "origin": Origin.PHONE, "place": request.GET.get("place", "")}
        return _ask(request, actor, RecordForm(initial=start, kinds=kinds))
    form = RecordForm(request.POST, request.FILES, kinds=kinds)
    if "find" in request.POST:
        form.errors.clear()
        return _ask(request, actor, form)
    if not form.is_valid():
        return _ask(request, actor, form, status=422)
    photos = photos_of(form)
    if form.errors:
        return _ask(request, actor, form, status=422)
    data = form.cleaned_data
    try:
        place = territory.at_code(data["place"])
        person = known_person(place.community, data["contact_name"], data["contact_phone"])
        receipt = actions.report(
            by=actor,
            need=actions.Report(
                place=place,
                text=data["text"],
                category=_chosen(kinds, data["category"], request.POST.get("suggested", "")),
                place_note=data["place_note"],
                origin=Origin(data["origin"]),
                reporter=person,
                contact_name="" if person else data["contact_name"],
                contact_phone="" if person else data["contact_phone"],
                shielded=data["shielded"],
                about_posts=tuple(data["about"]),
                photos=photos,
                once=data["once"],
                synthetic=place.synthetic,
            ),
        )
    except Invalid as refused:
        put(form, refused)
        return _ask(request, actor, form, status=422)
    response = HttpResponseRedirect(reverse("matters_office:receipt", args=[receipt.matter.pk]))
    if receipt.code:
        response.set_cookie(
            COOKIE,
            signing.dumps([receipt.matter.pk.hex, receipt.code], salt=SALT),
            max_age=SECONDS,
            path=response["Location"],
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response


def _chosen(kinds: list[Category], listed: UUID | None, taken: str) -> Category | None:
    """Return the category from the list, else the suggestion somebody took up."""
    return next((k for k in kinds if k.pk == listed), None) or next(
        (k for k in kinds if str(k.pk) == taken), None
    )


def known_person(community: str, name: str, phone: str) -> UUID | None:
    """Return the one resident with this name and number, who then follows it on their own page.

    Both must fit: a number alone, mistyped or shared, would show one person's need to another.
    """
    if not name or not phone:
        return None
    found = Person.objects.filter(
        community=community, phone_hash=key_hash(phone, "phone"), name=name, erased_at__isnull=True
    ).values_list("pk", flat=True)[:2]
    return found[0] if len(found) == 1 else None


def _kinds(actor: Actor) -> list[Category]:
    codes = actor.codes(Permission.MATTER_RECORD)
    return list(queries.categories(community_of(min(codes)))) if codes else []


def _ask(
    request: HttpRequest, actor: Actor, form: RecordForm, *, status: int = 200
) -> HttpResponse:
    code = str(form["place"].value() or "")
    words = str(form.data.get("at", "")).replace("\x00", "").strip()[:40]
    place = Place.objects.filter(code=code, closed_on__isnull=True).first() if code else None
    listed, more = place_choices(range_of(actor), words)
    rows = [place] if place else []
    rows += [one for one in listed if one.code != code]
    context: dict[str, Any] = {
        "here": "record",
        "form": form,
        "rows": rows,
        "chosen": code,
        "words": words,
        "more": more,
        **leaders_context(place),
        "about_chosen": [str(one) for one in form.data.getlist("about")]
        if hasattr(form.data, "getlist")
        else [],
    }
    return render(request, "matters/office/record.html", context, status=status)


def leaders_context(place: Place | None) -> dict[str, Any]:
    """Return who could be complained of at a place."""
    return {"leaders": leaders_at(place.community, place.code) if place else [], "place": place}


@require_safe
@needs(Permission.MATTER_RECORD)
def leaders(request: HttpRequest) -> HttpResponse:
    """The leaders of the place just chosen, for "who is it about"."""
    code = request.GET.get("place", "")
    place = Place.objects.filter(code=code).first() if code.isdigit() else None
    return render(request, "matters/office/_leaders.html", leaders_context(place))


@require_POST
@needs(Permission.MATTER_RECORD)
def hints(request: HttpRequest) -> HttpResponse:
    """What may fit what is being typed: categories with the reason, open matters alike and near.

    Suggestions only (G11). Posted, so that nobody's words stand in an address or a log.
    """
    actor = actor_of(request)
    text = request.POST.get("text", "")[:2000]
    code = request.POST.get("place", "")
    alike = []
    if len(text.strip()) >= 4 and code.isdigit() and len(code) >= COMMUNITY_LENGTH:
        near = queries.similar(actor, code, bigrams(text), limit=5)
        mine = set(
            desk.mine(actor).filter(pk__in=[m.pk for m in near]).values_list("pk", flat=True)
        )
        alike = [one for one in near if one.pk in mine]
    fitting = suggest(_kinds(actor), text, code[:COMMUNITY_LENGTH])
    found = [
        {"pk": one.kind.pk, "name": kind_name(one.kind), "why": because(one.reason)}
        for one in fitting
    ]
    urgent = next((one.kind.urgent_advice for one in fitting if one.kind.urgent_advice), "")
    return render(
        request,
        "matters/office/_hints.html",
        {"suggested": found, "rows": shown.rows(alike), "urgent": urgent},
    )


@require_safe
@never_cache
@needs(Permission.MATTER_RECORD)
def receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The receipt for paper: number, query code (shown for a quarter of an hour), the promise."""
    matter = queries.get(actor_of(request), pk)
    code = ""
    try:
        held, kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)
        code = str(kept) if held == matter.pk.hex else ""
    except (signing.BadSignature, ValueError):
        pass
    try:
        path = reverse("matters:lookup", args=[matter.community])
    except NoReverseMatch:
        path = f"/c/{matter.community}/"
    address = request.build_absolute_uri(path)
    say, _left, _tone = shown.stands(matter)
    return render(
        request,
        "matters/office/receipt.html",
        {
            "matter": matter,
            "code": code,
            "say": say,
            "category": shown.category_name(matter),
            "origin": shown.origin_name(matter),
            "address": address,
            "qr": qr_svg(address, title=address),
            "community": territory.community(matter.community)
            if len(matter.place_code) >= COMMUNITY_LENGTH
            else matter.place,
        },
    )
