"""Tickets of other systems: taken in from sheets or text, listed by their reply, answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access.actor import Actor, Permission
from liren.access.web import actor_of, needs
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.sheets import write_sheet
from liren.base.text import clean_line, mask_name, mask_phone
from liren.look.messages import done, sorry
from liren.look.parts import Link
from liren.territory.models import Place

from ... import actions, desk, hotline, queries, replies
from ...enums import External
from ...forms.hotline import IntakeForm, ReplyForm
from ...forms.office import kind_choices
from ...forms.portal import put
from ...kinds import kind_name
from ...models import Category, Matter, Reply
from . import shown
from .categories import community_of
from .list import place_choices
from .record import known_person

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABS = {
    "todo": pgettext_lazy("tickets", "To answer"),
    "soon": pgettext_lazy("tickets", "Due soon"),
    "sent": pgettext_lazy("tickets", "Answered"),
    "all": pgettext_lazy("tickets", "All"),
}
EMPTY = {
    "todo": gettext_lazy("Every ticket has been answered."),
    "soon": gettext_lazy("No ticket is due within two days."),
    "sent": gettext_lazy("No ticket has been answered yet."),
    "all": gettext_lazy("No tickets have been taken in yet."),
}
PICKS = 200


# -- the list ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket as a line of the list."""

    row: shown.Row
    reply: Reply | None
    sent: bool
    can_send: bool
    limit: datetime | None
    whose: str
    late: str
    late_tone: str


@require_safe
@needs(Permission.MATTER_DISPATCH)
def listing(request: HttpRequest) -> HttpResponse:
    """The tickets by the state of their reply; the state stands in the address."""
    actor = actor_of(request)
    state = request.GET.get("reply", "")
    if state not in TABS:
        state = "todo"
    words = clean_line(request.GET.get("q", "")[:60], 60, empty_ok=True)
    page = desk.page(
        actor,
        desk.Criteria(reply=state, words=words),
        sort="-reported" if state in ("sent", "all") else "due",
        after=request.GET.get("after", "")[:80],
        before=request.GET.get("before", "")[:80],
    )
    found = replies.replies_of(page.rows)
    lines = [_line(matter, found.get(matter.pk)) for matter in page.rows]
    # "All are answered" is said only where there is one.
    none = not lines and not desk.narrowed(actor, desk.Criteria(reply="all")).exists()
    here = reverse("matters_office:hotline")
    return render(
        request,
        "matters/office/hotline.html",
        {
            "here": "hotline",
            "tabs": [
                Link(key=key, label=str(label), url=f"{here}?reply={key}")
                for key, label in TABS.items()
            ],
            "state": state,
            "words": words,
            "lines": lines,
            "page": page,
            "empty": EMPTY["all" if none else state],
            "may_take": actor.has(Permission.SHEET_IMPORT),
            "may_export": actor.has(Permission.SHEET_EXPORT),
        },
    )


def _line(matter: Matter, reply: Reply | None) -> Line:
    sent = replies.is_sent(matter, reply)
    limit = earlier(matter)
    late, tone = "", ""
    if limit is not None and not sent:
        if limit < clock.now():
            late, tone = _("overdue"), "bad"
        elif timezone.localtime(limit).date() == clock.today():
            late, tone = _("due today"), "wait"
    whose = ""
    if limit is not None:
        whose = _("the ticket's limit") if limit == matter.external_due else _("our own limit")
    return Line(shown.row(matter), reply, sent, replies.can_send(matter), limit, whose, late, tone)


def earlier(matter: Matter) -> datetime | None:
    """Return the earlier of the ticket's own limit and ours."""
    return min((d for d in (matter.external_due, matter.due) if d is not None), default=None)


# -- taking in ---------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@never_cache
@needs(Permission.SHEET_IMPORT)
def new(request: HttpRequest) -> HttpResponse:
    """Take a sheet or pasted text and show each ticket as it was understood. Writes nothing."""
    actor = actor_of(request)
    community, listed = community_of(request, Permission.SHEET_IMPORT)
    if request.method == "GET":
        return _intake(request, IntakeForm(), community, listed)
    form = IntakeForm(request.POST, request.FILES)
    if not form.is_valid():
        return _intake(request, form, community, listed, status=422)
    values = form.cleaned_data
    try:
        if values["file"]:
            read = hotline.from_sheet(values["file"], community.code)
        else:
            read = hotline.from_text(values["pasted"], community.code)
    except Invalid as error:
        name = "file" if values["file"] else "pasted"
        form.add_error(name, str(error))
        return _intake(request, form, community, listed, status=422)
    return _preview(request, actor, community, values["system"], read)


def _intake(
    request: HttpRequest,
    form: IntakeForm,
    community: Place,
    listed: list[Place],
    status: int = 200,
) -> HttpResponse:
    context = {"here": "hotline", "form": form, "community": community, "listed": listed}
    return render(request, "matters/office/hotline_new.html", context, status=status)


@dataclass(slots=True)
class Draft:
    """One ticket of the preview: what was understood, and what the person chose so far."""

    n: int
    understood: hotline.Understood
    take: bool
    number: str
    place: str
    at: str
    category: str
    due: str
    places: list[hotline.Choice]
    errors: dict[str, str]

    @property
    def masked(self) -> str:
        """Who calls, masked."""
        read = self.understood.read
        return " ".join(
            filter(
                None,
                (
                    mask_name(read.name) if read.name else "",
                    mask_phone(read.phone) if read.phone else "",
                ),
            )
        )

    @property
    def wrong(self) -> dict[str, str]:
        """What is wrong by field: as it was read, and with what was chosen."""
        return {**self.understood.read.wrong, **self.errors}

    @property
    def suggested(self) -> list[tuple[str, str]]:
        """The categories that may fit, each with its reason."""
        return [(kind_name(kind), why) for kind, why in self.understood.kinds]

    @property
    def open(self) -> bool:
        """Tell whether it can be taken at all."""
        return self.understood.here is None and bool(self.understood.read.text)


@require_http_methods(["POST"])
@never_cache
@needs(Permission.SHEET_IMPORT)
def take(request: HttpRequest) -> HttpResponse:
    """Look for a place, take the suggestions up, or take the chosen tickets in: all or none."""
    actor = actor_of(request)
    community, _listed = community_of(request, Permission.SHEET_IMPORT)
    system, read = hotline.unseal(actor, community.code, request.POST.get("sealed", ""))
    if "find" in request.POST or "adopt" in request.POST:
        return _preview(request, actor, community, system, read)
    kinds = list(queries.categories(community.code))
    drafts = _drafts(request, community, system, read, kinds)
    chosen = [one for one in drafts if one.take and one.open]
    tickets = []
    for draft in chosen:
        ticket = _ticket(draft, community, kinds)
        if ticket is not None:
            tickets.append(ticket)
    numbers = [ticket.number for ticket in tickets]
    for draft in chosen:
        if numbers.count(draft.number) > 1:
            draft.errors["number"] = _("Two chosen tickets bear this number.")
    if not chosen or any(draft.errors for draft in chosen):
        said = (
            _("Please choose at least one ticket.")
            if not chosen
            else _("Nothing was taken in yet: please look at the marked tickets.")
        )
        return _show(request, actor, community, system, read, kinds, drafts, said, status=422)
    try:
        taken = actions.take_tickets(
            by=actor,
            community=community.code,
            system=system,
            tickets=tickets,
            synthetic=community.synthetic,
        )
    except Invalid as error:
        return _show(request, actor, community, system, read, kinds, drafts, str(error), status=422)
    if taken.new:
        done(
            request,
            ngettext("%(n)d ticket taken in.", "%(n)d tickets taken in.", len(taken.new))
            % {"n": len(taken.new)},
        )
    if taken.known:
        sorry(
            request,
            ngettext(
                "%(n)d was here already and was not taken in again.",
                "%(n)d were here already and were not taken in again.",
                len(taken.known),
            )
            % {"n": len(taken.known)},
        )
    return HttpResponseRedirect(reverse("matters_office:hotline"))


def _ticket(draft: Draft, community: Place, kinds: Sequence[Category]) -> "actions.Ticket | None":
    read = draft.understood.read
    place = (
        Place.objects.filter(
            code=draft.place, code__startswith=community.code, closed_on__isnull=True
        ).first()
        if draft.place
        else None
    )
    if place is None:
        draft.errors["place"] = _("Please choose the place.")
    try:
        draft.number = clean_line(draft.number, 40)
    except Invalid as error:
        draft.errors["number"] = str(error)
    due = read.limit
    if draft.due:
        try:
            due = datetime.fromisoformat(draft.due).replace(tzinfo=clock.SHANGHAI)
            if not 2000 <= due.year <= 2100:
                raise ValueError
        except ValueError:
            draft.errors["due"] = _("Please enter day and time.")
    if draft.errors or place is None:
        return None
    person = known_person(community.code, read.name, read.phone)
    return actions.Ticket(
        number=draft.number,
        text=read.text,
        place=place,
        place_note=read.address[:120],
        category=next((k for k in kinds if str(k.pk) == draft.category), None),
        reporter=person,
        contact_name="" if person else read.name,
        contact_phone="" if person else read.phone,
        shielded=read.shielded,
        due=due,
    )


def _drafts(
    request: HttpRequest,
    community: Place,
    system: str,
    read: list[hotline.Read],
    kinds: list[Category],
) -> list[Draft]:
    """Return the tickets with what was chosen so far, or with what is safe to begin with."""
    back = "sealed" in request.POST
    adopt = "adopt" in request.POST
    drafts = []
    for n, understood in enumerate(hotline.understand(community.code, system, read, kinds)):
        one = understood.read
        get = {key: request.POST.get(f"{key}-{n}", "") for key in _ASKED} if back else {}
        places = [*understood.places]
        at = get.get("at", "").replace("\x00", "")[:40].strip()
        if at:
            known = {choice.value for choice in places}
            places += [
                hotline.Choice(place.code, str(place))
                for place in place_choices(community.code, at)[0]
                if place.code not in known
            ]
        places.append(
            hotline.Choice(community.code, _("%(name)s as a whole") % {"name": community.name})
        )
        place = get.get("place", "")
        place = place if place.isdecimal() else ""
        if not back and understood.sure:
            place = understood.places[0].value
        elif request.POST.get("find") == str(n) and at and len(places) > len(understood.places) + 1:
            place = places[len(understood.places)].value
        if place and place not in {choice.value for choice in places}:
            kept = Place.objects.filter(code=place, code__startswith=community.code).first()
            if kept is not None:
                places.insert(0, hotline.Choice(kept.code, str(kept)))
        category = get.get("category", "")
        if adopt and not category and understood.kinds:
            category = str(understood.kinds[0][0].pk)
        drafts.append(
            Draft(
                n=n,
                understood=understood,
                take=bool(get.get("take")) if back else not understood.twin,
                number=(get.get("number") or one.number),
                place=place,
                at=at,
                category=category,
                due=get.get("due", ""),
                places=places,
                errors={},
            )
        )
    return drafts


_ASKED = ("take", "number", "place", "at", "category", "due")


def _preview(
    request: HttpRequest, actor: Actor, community: Place, system: str, read: list[hotline.Read]
) -> HttpResponse:
    kinds = list(queries.categories(community.code))
    drafts = _drafts(request, community, system, read, kinds)
    return _show(request, actor, community, system, read, kinds, drafts)


def _show(
    request: HttpRequest,
    actor: Actor,
    community: Place,
    system: str,
    read: list[hotline.Read],
    kinds: list[Category],
    drafts: list[Draft],
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    seen = set(
        desk.mine(actor)
        .filter(pk__in=[d.understood.here.pk for d in drafts if d.understood.here])
        .values_list("pk", flat=True)
    )
    context: dict[str, Any] = {
        "here": "hotline",
        "community": community,
        "system": External(system).label,
        "sealed": hotline.seal(actor, community.code, system, read),
        "drafts": drafts,
        "known": sum(1 for d in drafts if d.understood.here),
        "fresh": sum(1 for d in drafts if d.open),
        "suggested": any(d.understood.kinds and d.open for d in drafts),
        "seen": seen,
        "choices": kind_choices(kinds, empty=_("not sure yet")),
        "said": said,
    }
    return render(request, "matters/office/hotline_preview.html", context, status=status)


# -- answering ---------------------------------------------------------------------------------


def _get(actor: Actor, pk: UUID) -> Matter:
    matter = (
        desk.mine(actor)
        .select_related("place", "category", "holder", "reporter")
        .filter(pk=pk)
        .exclude(external_number="")
        .first()
    )
    if matter is None:
        raise NotFound
    return matter


@require_http_methods(["GET", "POST"])
@never_cache
@needs(Permission.MATTER_DISPATCH)
def reply(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The reply to one ticket: generated from the timeline, changed by whoever sends it."""
    actor = actor_of(request)
    matter = _get(actor, pk)
    found = replies.replies_of([matter]).get(matter.pk)
    if request.method == "GET":
        return _reply(request, matter, found, None)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _reply(request, matter, found, form, status=422)
    seen = form.cleaned_data["seen"]
    try:
        actions.write_reply(
            by=actor,
            matter=pk,
            text="" if "generated" in request.POST else form.cleaned_data["text"],
            seen=datetime.fromisoformat(seen) if seen else None,
        )
    except ValueError:
        raise NotFound from None
    except Invalid as error:
        put(form, error)
        return _reply(request, matter, found, form, status=422)
    except Changed as error:
        return _reply(request, matter, found, form, status=409, theirs=error.theirs["text"])
    done(request, _("The reply is kept."))
    return HttpResponseRedirect(reverse("matters_office:hotline_reply", args=[pk]))


def _reply(
    request: HttpRequest,
    matter: Matter,
    found: Reply | None,
    form: ReplyForm | None,
    *,
    status: int = 200,
    theirs: str = "",
) -> HttpResponse:
    generated = replies.texts([matter], _names([matter]))[matter.pk]
    own = found.text if found else ""
    seen = found.changed_at.isoformat() if found else ""
    if form is None:
        form = ReplyForm(initial={"text": own or generated, "seen": seen})
    elif theirs:
        form = ReplyForm(initial={"text": form.cleaned_data["text"], "seen": seen})
    tone, shape, word = shown.pill(matter)
    context = {
        "here": "hotline",
        "matter": matter,
        "title": shown.headline(matter, 60),
        "pill": {"tone": tone, "shape": shape, "word": word},
        "system": External(matter.external_system).label
        if matter.external_system in External.values
        else matter.external_system,
        "form": form,
        "own": bool(own) and own != generated,
        "generated": generated,
        "theirs": theirs,
        "reply": found,
        "sent": replies.is_sent(matter, found),
        "stale": bool(found and found.sent_at) and not replies.is_sent(matter, found),
        "can_send": replies.can_send(matter),
        "silent": replies.is_unanswered(matter),
        "limit": earlier(matter),
    }
    return render(request, "matters/office/hotline_reply.html", context, status=status)


def _names(matters: Sequence[Matter]) -> dict[str, str]:
    codes = {m.community for m in matters}
    return dict(Place.objects.filter(code__in=codes).values_list("code", "name"))


def picked(request: HttpRequest, actor: Actor) -> "QuerySet[Matter]":
    """Return the chosen tickets the actor may see; what cannot be read is left out."""
    keys = []
    for one in request.POST.getlist("pick")[:PICKS]:
        try:
            keys.append(UUID(one))
        except ValueError:
            continue
    return (
        desk.mine(actor)
        .filter(pk__in=keys)
        .exclude(external_number="")
        .select_related("holder", "reporter")
        .order_by("external_number")
    )


def _back(request: HttpRequest) -> str:
    wished = request.POST.get("back", "")
    if wished and url_has_allowed_host_and_scheme(wished, allowed_hosts={request.get_host()}):
        return wished
    return reverse("matters_office:hotline")


@require_POST
@needs(Permission.SHEET_EXPORT)
def sheet(request: HttpRequest) -> HttpResponse:
    """The sheet that goes back: number, result, reply and dates of the chosen tickets."""
    actor = actor_of(request)
    matters = [
        m for m in picked(request, actor) if actor.may(Permission.SHEET_EXPORT, m.place_code)
    ]
    if not matters:
        sorry(request, _("Please choose at least one ticket."))
        return HttpResponseRedirect(_back(request))
    written = replies.replies_of(matters)
    generated = replies.texts(matters, _names(matters))
    said = replies.answers(matters)
    rows = [
        replies.sheet_row(
            m, (written[m.pk].text if m.pk in written else "") or generated[m.pk], said[m.pk]
        )
        for m in matters
    ]
    with override(replies.LANGUAGE):
        name = _("Replies %(day)s") % {"day": f"{clock.today():%Y%m%d}"}
        data = write_sheet(rows, replies.COLUMNS, sheet_name=name)
    return download(data, f"{name}.xlsx")


def download(data: bytes, name: str) -> HttpResponse:
    """Return a sheet as a file to keep."""
    quoted = urlencode({"": name})[1:].replace("+", "%20")
    return HttpResponse(
        data,
        content_type=XLSX,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quoted}",
            "Cache-Control": "no-store",
        },
    )


@require_POST
@needs(Permission.MATTER_DISPATCH)
def send_back(request: HttpRequest) -> HttpResponse:
    """Mark the chosen tickets as answered to the system they came from.

    Asks first where the caller has not said anything about the result yet.
    """
    actor = actor_of(request)
    matters = list(picked(request, actor))
    sent = replies.replies_of(matters)
    silent = [m for m in matters if replies.is_unanswered(m)]
    silent = [m for m in silent if not replies.is_sent(m, sent.get(m.pk))]
    if silent and "anyway" not in request.POST:
        context = {
            "here": "hotline",
            "matters": matters,
            "rows": [(shown.row(m), m.external_number) for m in silent],
            "back": _back(request),
        }
        return render(request, "matters/office/hotline_ask.html", context)
    ready = [m.pk for m in matters if replies.can_send(m)]
    count = actions.send_back(by=actor, matters=ready) if ready else 0
    if count:
        done(
            request,
            ngettext("%(n)d ticket marked as answered.", "%(n)d tickets marked as answered.", count)
            % {"n": count},
        )
    if len(ready) < len(matters):
        left = len(matters) - len(ready)
        sorry(
            request,
            ngettext(
                "%(n)d has no answer yet and was left as it is.",
                "%(n)d have no answer yet and were left as they are.",
                left,
            )
            % {"n": left},
        )
    if not matters:
        sorry(request, _("Please choose at least one ticket."))
    return HttpResponseRedirect(_back(request))


@require_POST
@needs(Permission.MATTER_DISPATCH)
def unsend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the mark away again."""
    actor = actor_of(request)
    _get(actor, pk)
    actions.unsend(by=actor, matter=pk)
    done(request, _("Taken back."))
    return HttpResponseRedirect(reverse("matters_office:hotline_reply", args=[pk]))
