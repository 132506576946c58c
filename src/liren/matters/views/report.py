"""A resident reports a need: where, what, and the receipt to take away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access import limits, receipts
from liren.access.actor import Actor
from liren.access.web import actor_of
from liren.base import images
from liren.base.errors import Invalid, NotFound
from liren.base.next_steps import next_steps
from liren.base.rows import first
from liren.base.text import bigrams
from liren.look.parts import Link
from liren.matters import actions, mine, queries, rules, words
from liren.matters.actions.reporting import Receipt
from liren.matters.enums import Origin
from liren.matters.forms import portal as forms
from liren.matters.kinds import kind_name
from liren.matters.models import Category, Matter
from liren.matters.suggestions import suggest
from liren.organisation.queries import leaders_at
from liren.territory import queries as territory
from liren.territory.codes import LENGTHS
from liren.territory.enums import Level, SetKind
from liren.territory.models import Place
from liren.territory.web import community_at

UPLOAD_MAX = 30 * 1024 * 1024
RECEIPT_COOKIE = "liren_receipt"
RECEIPT_SALT = "liren.receipt"
RECEIPT_SECONDS = 15 * 60


# -- what arrives ------------------------------------------------------------------------------


class Quota(FileUploadHandler):
    """Drops photos that are too large while they arrive, and keeps the words beside them."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.over = False
        self.total = 0
        self.size = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Count the next file."""
        super().new_file(*args, **kwargs)
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the bytes on, or drop the file when it or all together are too large."""
        self.size += len(raw_data)
        self.total += len(raw_data)
        if self.size > images.MAX_BYTES or self.total > UPLOAD_MAX:
            self.over = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave storing to the handlers after this one."""


class _Csrf(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(reason, status=403)


def forged(request: HttpRequest) -> bool:
    """Tell whether the token of a form is missing, old or not ours.

    For forms whose words must survive that: the view is exempt from the middleware, asks here, and
    shows the form again with a fresh token instead of doing anything.
    """
    check = _Csrf(_any_view)
    return check.process_view(request, _any_view, (), {}) is not None


def _any_view(_request: HttpRequest) -> HttpResponse:
    """Stand for a view that is not exempt."""
    return HttpResponse()


def photos_of(form: Any, field: str = "photos") -> tuple[images.Image, ...]:
    """Return the photos of a valid form, written anew; put what is wrong beside the field."""
    found = []
    files = form.cleaned_data.get(field) or []
    for number, upload in enumerate(files, start=1):
        try:
            found.append(images.reencode(upload))
        except Invalid as error:
            said = str(error)
            if len(files) > 1:
                said = _("Photo %(n)d: %(what)s") % {"n": number, "what": said}
            form.add_error(field, said)
    return tuple(found)


# -- where -------------------------------------------------------------------------------------


def place_for(actor: Actor, community: str, code: str) -> Place:
    """Return the place somebody reports about.

    Raises ``Invalid``: none chosen, of another community, closed, above the community, or a
    household that is not the reporter's own (doors are nobody else's to point at).
    """
    said = _("Please choose a place in the community.")
    if not (code.isascii() and code.isdigit()) or not 12 <= len(code) <= 24:
        raise Invalid(said, fields={"place": said})
    if not code.startswith(community):
        said = _("This place belongs to another community.")
        raise Invalid(said, fields={"place": said})
    place = first(Place, "code = %s", [code])
    if place is None:
        raise Invalid(said, fields={"place": said})
    if place.closed_on is not None:
        said = _("This place is closed. Please choose another one.")
        raise Invalid(said, fields={"place": said})
    if place.level == Level.HOUSEHOLD and all(
        home.household.pk != place.pk for home in mine.homes(actor.party, community)
    ):
        raise Invalid(said, fields={"place": said})
    return place


@require_safe
def choose_place(request: HttpRequest, community: str, closed: str = "") -> HttpResponse:
    """Compound → building → unit in big targets, then on to the report.

    ``closed`` says why the place somebody came with cannot be taken.
    """
    community_at(request, community)
    here, target = (reverse(f"matters:{name}", args=[community]) for name in ("place", "report"))
    return render(
        request,
        "matters/portal/place.html",
        {
            **step(request, community, here, target),
            "map_url": reverse("matters:map", args=[community])
            if not request.GET and mine.mapped(community)
            else "",
            "target": target,
            "place_url": here,
            "near": next(
                (h.entrance.code for h in mine.homes(actor_of(request).party, community)), ""
            ),
            "closed": closed,
            "here": "matters",
        },
    )


def step(request: HttpRequest, community: str, here: str, target: str) -> dict[str, Any]:
    """Return one step of choosing a place: what has been chosen, and what to choose from.

    ``here?at=`` says how far somebody has come: a compound's identity or a building's code. The
    last step leads to ``target?place=<code>``.
    """
    at = request.GET.get("at", "")
    chosen: list[Link] = []

    def done(label: str, code: str, note: str = "", sub: str = "") -> Link:
        query = urlencode({"place": code, **({"note": note} if note else {})})
        return Link(label=label, url=f"{target}?{query}", icon="pin", sub=sub)

    def further(place: Place) -> Link:
        return Link(label=place.name, url=f"{here}?at={place.code}", icon="building")

    if at.isdigit():
        building = place_for(actor_of(request), community, at)
        compound = building.sets.filter(kind=SetKind.COMPOUND).first()
        if compound:
            chosen.append(Link(label=compound.name, url=here))
            chosen.append(Link(label=building.name, url=f"{here}?at={compound.pk}"))
        else:
            chosen.append(Link(label=str(building), url=here))
        links = [done(u.name, u.code) for u in territory.below(building.code, Level.UNIT)]
        links.append(done(_("The whole building, or I do not know"), building.code))
        return {"label": _("Which entrance?"), "chosen": chosen, "links": links}
    compounds = list(territory.compounds(community))
    picked = next((one for one in compounds if str(one.pk) == at), None)
    if at and picked is None:
        raise NotFound
    if picked is not None:
        buildings = list(territory.in_set(picked))
        links = [further(b) for b in buildings]
        rest = _shared(community, [b.code for b in buildings])
        links.append(done(_("Elsewhere in the compound"), rest, note=picked.name))
        chosen.append(Link(label=picked.name, url=here))
        return {"label": _("Which building?"), "chosen": chosen, "links": links}
    if compounds:
        links = [
            Link(label=one.name, url=f"{here}?at={one.pk}", icon="building") for one in compounds
        ]
        label = _("Which compound?")
    else:
        links = [further(b) for b in territory.below(community, Level.BUILDING)]
        label = _("Which building?")
    links.append(done(_("In the street, or elsewhere in the community"), community))
    return {"label": label, "chosen": chosen, "links": links}


def _shared(community: str, codes: Sequence[str]) -> str:
    """Return the grid all the codes lie in, else the community."""
    grids = {code[: LENGTHS[Level.GRID]] for code in codes}
    return grids.pop() if len(grids) == 1 else community


@require_safe
def map_data(request: HttpRequest, community: str) -> JsonResponse:
    """Our own places with geometry, for tapping on: names and outlines, no base map."""
    community_at(request, community)
    response = JsonResponse({"places": mine.map_places(community)})
    response["Cache-Control"] = "private, max-age=300"
    return response


@dataclass(frozen=True, slots=True)
class PosterAt:
    """The poster of a place that was scanned, as apps above are asked for next steps about it."""

    place: Place
    kind: ClassVar[str] = "matters.poster"


@require_safe
def poster(request: HttpRequest, tag: str) -> HttpResponse:
    """The QR code at an entrance: on to the report, the place set."""
    place = territory.by_tag(tag.upper())
    # Whoever said how they want to report from here goes there at once (order 0).
    steps = next_steps(actor_of(request), PosterAt(place))
    if steps and steps[0].order == 0:
        return redirect(steps[0].url)
    return redirect(
        reverse("matters:report", args=[place.community]) + f"?place={place.code}&via=qr"
    )


# -- the report --------------------------------------------------------------------------------


@limits.limited(limits.REPORT)
@csrf_exempt  # asked for inside, so that an old form comes back with its words: see forged()
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, community: str) -> HttpResponse:
    """The form of a need, and taking one in."""
    if request.method != "POST":
        return _ask(request, community)
    quota = Quota(request)
    request.upload_handlers = [quota, *request.upload_handlers]
    actor = actor_of(request)
    form = forms.ReportForm(request.POST, request.FILES, signed_in=actor.party is not None)
    if forged(request):
        form.errors.clear()
        form.is_valid()
        form.add_error(
            None,
            _("This page was open for long. What you wrote is here: please press “Send” again."),
        )
        return _ask(request, community, form, status=403)
    if quota.over:
        form.add_error(
            "photos", _("These photos are too large together. Please choose fewer or smaller ones.")
        )
        return _ask(request, community, form, status=413)
    if not form.is_valid():
        return _ask(request, community, form, status=422)
    try:
        receipt = _take(actor, community, form)
    except Invalid as refused:
        forms.put(form, refused)
        return _ask(request, community, form, status=422)
    if receipt is None:
        return _ask(request, community, form, status=422)
    response = redirect("matters:receipt", community, receipt.matter.pk)
    hand_receipt(request, response, actor, receipt)
    return response


def _take(actor: Actor, community: str, form: forms.ReportForm) -> Receipt | None:
    """Write the need down; None when a photo is none (said beside the field)."""
    data = form.cleaned_data
    place = place_for(actor, community, data["place"])
    category = None
    if form.kind is not None:
        category = queries.category(community, form.kind)
    photos = photos_of(form)
    if form.errors:
        return None
    return actions.report(
        by=actor,
        need=actions.Report(
            place=place,
            text=data["text"],
            category=category,
            place_note=data["place_note"],
            longitude=data["longitude"],
            latitude=data["latitude"],
            origin=Origin.QR if data["via"] == "qr" else Origin.WEB,
            reporter=actor.party,
            contact_name=data.get("contact_name", ""),
            contact_phone=data.get("contact_phone", ""),
            shielded=data["shielded"],
            about_posts=tuple(data["about"]),
            photos=photos,
            once=data["once"],
            synthetic=place.synthetic,
        ),
    )


def hand_receipt(
    request: HttpRequest, response: HttpResponse, actor: Actor, receipt: Receipt
) -> None:
    """Give the query code to this browser for a few minutes; it is stored nowhere else.

    Not under a mandate: the code would outlive it.
    """
    if receipt.code and actor.acting_for is None:
        response.set_cookie(
            RECEIPT_COOKIE,
            signing.dumps([receipt.matter.pk.hex, receipt.code], salt=RECEIPT_SALT),
            max_age=RECEIPT_SECONDS,
            path=reverse("matters:receipt", args=[receipt.matter.community, receipt.matter.pk]),
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    if actor.party is None:
        receipts.remember(request, response, receipt.matter.pk)


def _code_in_hand(request: HttpRequest, matter: UUID) -> str:
    try:
        found = signing.loads(
            request.COOKIES.get(RECEIPT_COOKIE, ""), salt=RECEIPT_SALT, max_age=RECEIPT_SECONDS
        )
    except signing.BadSignature:
        return ""
    return str(found[1]) if found[0] == matter.hex else ""


def _start(request: HttpRequest, community: str, place: Place, actor: Actor) -> forms.ReportForm:
    """Return an empty form about a place; the map adds where exactly."""
    spot = forms.SpotForm(request.GET)
    spot.is_valid()
    note = request.GET.get("note", "")[:60]
    near = Place.objects.filter(code=spot.cleaned_data.get("near") or "", community=community)
    beside = near.first() if spot.cleaned_data.get("near") else None
    if beside is not None:
        note = _("near %(place)s") % {"place": beside}
    return forms.ReportForm(
        initial={
            "place": place.code,
            "place_note": note,
            "longitude": spot.cleaned_data.get("lon"),
            "latitude": spot.cleaned_data.get("lat"),
            "via": "qr" if request.GET.get("via") == "qr" else "web",
            "once": forms.new_once(),
        },
        signed_in=actor.party is not None,
    )


def _ask(
    request: HttpRequest,
    community: str,
    form: forms.ReportForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Show the form; on an error with everything that was typed.

    Without a place, first the choice of one: a resident's own entrance is taken for granted.
    """
    community_at(request, community)
    actor = actor_of(request)
    homes = mine.homes(actor.party, community)
    code = str(form["place"].value() if form is not None else request.GET.get("place", ""))
    place = homes[0].entrance if homes and not code else None
    if code:
        try:
            place = place_for(actor, community, code)
        except Invalid as refused:
            if form is None:
                return choose_place(request, community, closed=str(refused.fields["place"][0]))
    if form is None:
        if place is None:
            return redirect("matters:place", community)
        form = _start(request, community, place, actor)
    leaders = leaders_at(community, place.code) if place else []
    kinds = list(queries.categories(community))
    form.offer(kinds, leaders)
    nearby = [one for home in homes for one in (home.entrance, home.household) if one != place]
    context = {
        "form": form,
        "place": place,
        "place_label": _label(place, str(form["place_note"].value() or "")),
        "nearby": list(dict.fromkeys(nearby)),
        "first": leaders[0].title if leaders else "",
        "offers": next_steps(actor, PosterAt(place))
        if place and str(form["via"].value()) == "qr"
        else [],
        # A browser does not give files back: say so rather than lose them silently.
        "photos_again": form.is_bound and bool(request.FILES),
        "here": "matters",
        **hints_of(actor, place, kinds, str(form["text"].value() or ""), form["suggested"].value()),
    }
    return render(request, "matters/portal/report.html", context, status=status)


def _label(place: Place | None, note: str) -> str:
    """Return what the page calls the place: people know their compound, not their grid."""
    if place is None:
        return ""
    return note if note and place.level in (Level.GRID, Level.COMMUNITY) else str(place)


# -- while typing ------------------------------------------------------------------------------


def hints_of(
    actor: Actor, place: Place | None, kinds: Sequence[Category], text: str, taken: Any = None
) -> dict[str, Any]:
    """Return what is offered beside somebody's words: kinds, urgent advice, neighbours' matters.

    Nothing is applied by itself (G11). Of neighbours' matters only kind, building and the number
    of neighbours are shown.
    """
    suggested = suggest(kinds, text, actor.home)
    urgent = next((one.kind.urgent_advice for one in suggested if one.kind.urgent_advice), "")
    near: list[dict[str, Any]] = []
    if place is not None and len(text.strip()) >= 4:
        near = [
            _neighbour(actor, one, kinds)
            for one in queries.similar(actor, place.code, bigrams(text))
        ]
    # What nobody can name yet would tell a neighbour nothing.
    near = [one for one in near if one["kind"]]
    return {
        "suggested": [
            {
                "kind": one.kind,
                "key": str(one.kind.pk),
                "name": kind_name(one.kind),
                "said": _(", ").join(one.reason),
            }
            for one in suggested
        ],
        "taken": str(taken or ""),
        "can_follow": actor.party is not None,
        "urgent": urgent,
        "similar": near,
        "others": any(not one["own"] for one in near),
    }


def _neighbour(actor: Actor, found: Matter, kinds: Sequence[Category]) -> dict[str, Any]:
    kind = kind_name(found.category) if found.category else ""
    if not kind:
        likely = suggest(kinds, found.text, actor.home)
        kind = kind_name(likely[0].kind) if likely else ""
    return {
        "matter": found,
        "own": rules.R.REPORTER in queries.roles(actor, found),
        "kind": kind,
        "building": mine.building_name(found.place),
        "neighbours": found.followers + 1,
    }


@limits.limited(limits.SUGGEST)
@require_POST
def hints(request: HttpRequest, community: str) -> HttpResponse:
    """The fragment beside the words while they are typed."""
    actor = actor_of(request)
    try:
        place = place_for(actor, community, request.POST.get("place", ""))
    except Invalid:
        place = None
    context = hints_of(
        actor,
        place,
        list(queries.categories(community)),
        request.POST.get("text", "")[:2000],
        request.POST.get("suggested", ""),
    )
    context["place"] = place
    return render(request, "matters/portal/hints.html", {**context, "community_code": community})


# -- the receipt -------------------------------------------------------------------------------


@require_safe
def receipt(request: HttpRequest, community: str, matter: UUID) -> HttpResponse:
    """Number, query code (shown for a few minutes only), who has it and until when."""
    actor = actor_of(request)
    found = queries.get(actor, matter)
    if found.community != community or not mine.is_reporter(actor, found):
        raise NotFound
    calendar = territory.working_calendar(community)
    urgent = found.category.urgent_advice if found.category else ""
    if not urgent and found.category is None:
        offered = suggest(list(queries.categories(community)), found.text)
        urgent = next((one.kind.urgent_advice for one in offered if one.kind.urgent_advice), "")
    response = render(
        request,
        "matters/portal/receipt.html",
        {
            "matter": found,
            "code": _code_in_hand(request, found.pk),
            "promise": words.promise_of(found, calendar, done_by=mine.done_by(found)),
            "provisional": words.provisional_note(found),
            "urgent": urgent,
            "here": "matters",
            "signed_in": actor.party is not None,
        },
    )
    response["Cache-Control"] = "no-store"
    return response


@limits.limited(limits.SMALL)
@require_POST
def new_code(request: HttpRequest, community: str, matter: UUID) -> HttpResponse:
    """Give the reporter a new query code; the old one no longer opens anything."""
    actor = actor_of(request)
    given = actions.renew_code(by=actor, matter=matter)
    response = redirect("matters:receipt", community, matter)
    hand_receipt(request, response, actor, given)
    return response
