"""One matter on the desk: everything known, and exactly what this person may do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from liren.access.actor import Permission
from liren.access.web import actor_of, needs
from liren.base.errors import Changed, Gone, Invalid, NotFound
from liren.base.next_steps import next_steps
from liren.base.text import bigrams, mask_name, mask_phone
from liren.look.components.small import when
from liren.look.messages import done, sorry
from liren.look.parts import Photo

from ... import actions, desk, files, queries
from ...enums import Origin
from ...forms.office import RevealForm, VerbForm
from ...models import Attachment, Matter
from . import shown, verbs
from .hints import Hint, hints_of
from .situation import Situation
from .situation import read as situation_of
from .timeline import lines

DESK = (Permission.MATTER_DISPATCH,)


@dataclass(frozen=True, slots=True)
class Offer:
    """A doing with its form, as the page shows it."""

    doing: verbs.Doing
    form: VerbForm
    unfolded: bool
    first: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was sent and refused: its form, its verb, and both versions when somebody was faster."""

    form: VerbForm
    verb: str
    changed: Changed | None = None


@require_safe
@never_cache
@needs(*DESK)
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one matter: as a page, or beside the list."""
    actor = actor_of(request)
    return show(request, situation_of(actor, queries.get(actor, pk)))


@require_POST
@needs(*DESK)
def do(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Do one thing to a matter.

    What cannot be done is said on the matter's page, with what was typed still in its form: 422
    when something is missing, 409 with both versions when somebody was faster.
    """
    actor = actor_of(request)
    doing = verbs.DOINGS.get(verb)
    if doing is None:
        raise NotFound
    before = queries.get(actor, pk)
    situation = situation_of(actor, before)
    form = doing.form(request.POST, situation=situation)
    if not form.is_valid():
        return _refused(request, situation, Refusal(form, verb))
    values = form.cleaned_data
    try:
        doing.act(actor, pk, values, values.get("seen"))
    except Invalid as error:
        blame(form, error)
        return _refused(request, situation_of(actor, queries.get(actor, pk)), Refusal(form, verb))
    except Changed as error:
        fresh = situation_of(actor, queries.get(actor, pk))
        return _refused(request, fresh, Refusal(form, verb, error))
    version = Matter.objects.filter(pk=pk).values_list("version", flat=True).first() or 0
    token = verbs.undo_token(doing, before, version)
    done(
        request,
        str(doing.done),
        undo_url=reverse("matters_office:undo", args=[token]) if token else "",
    )
    return HttpResponseRedirect(back_to(request, values.get("back", ""), pk))


@require_POST
@needs(*DESK)
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Take back what was just done, if nobody has changed the matter since."""
    actor = actor_of(request)
    try:
        pk = verbs.undo(actor, token)
    except (Changed, Gone) as error:
        sorry(request, str(error))
        return HttpResponseRedirect(back_to(request, request.POST.get("back", "")))
    done(request, _("Taken back."))
    return HttpResponseRedirect(reverse("matters_office:matter", args=[pk]))


def blame(form: VerbForm, error: Invalid) -> None:
    """Put what an action refused beside the fields."""
    for name, said in (error.fields or {"": [error.message]}).items():
        for one in said:
            form.add_error(name if name in form.fields else None, str(one))


def back_to(request: HttpRequest, wished: str, pk: UUID | None = None) -> str:
    """Return where the person came from when that is a page of ours, else the matter or list."""
    if wished and url_has_allowed_host_and_scheme(wished, allowed_hosts={request.get_host()}):
        return wished
    if pk is not None:
        return reverse("matters_office:matter", args=[pk])
    return reverse("matters_office:list")


def _refused(request: HttpRequest, situation: Situation, refusal: Refusal) -> HttpResponse:
    status = 409 if refusal.changed is not None else 422
    return show(request, situation, refusal=refusal, status=status)


def show(
    request: HttpRequest,
    situation: Situation,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
    phone: str = "",
) -> HttpResponse:
    """Render the matter; ``phone`` is a number revealed just now."""
    matter = situation.matter
    hints = hints_of(situation) if refusal is None else []
    offers = offers_of(situation, refusal, hints)
    tone, shape, word = shown.pill(matter)
    say, left, say_tone = shown.stands(matter)
    beside = request.headers.get("HX-Target") == "panel"
    withheld = [photo for photo in situation.photos if photo.withheld]
    may_release = bool(withheld) and situation.can(Permission.MATTER_VIEW_SHIELDED)
    context: dict[str, Any] = {
        "matter": matter,
        "title": shown.headline(matter, 60),
        "pill": {"tone": tone, "shape": shape, "word": word},
        "say": say,
        "left": left,
        "say_tone": say_tone,
        "offers": [o for o in offers if not o.doing.rare or o.unfolded],
        "rare": [o for o in offers if o.doing.rare and not o.unfolded],
        "situation": situation,
        "lines": lines(situation.entries, _photos_of(situation)),
        "facts": facts(matter),
        "phone": phone,
        "masked_phone": masked_phone(matter),
        "reveal": RevealForm()
        if "reveal" in situation.allowed
        and masked_phone(matter)
        and situation.can(Permission.PEOPLE_UNMASK)
        else None,
        "hints": hints,
        "withheld": [_photo(matter, one, n + 1) | {"pk": one.pk} for n, one in enumerate(withheld)]
        if may_release
        else [],
        # What other apps offer from here: a meeting, the institutions, a topic.
        "steps": next_steps(situation.actor, matter),
        "links": shown.links(matter, situation.links),
        "changed": refusal.changed if refusal else None,
        "mine": refusal.form.data.get("words", "") if refusal else "",
        "kept": refusal is not None and any(o.unfolded for o in offers),
        "here": "list",
        "beside": beside,
        "back": request.headers.get("HX-Current-URL", "") if beside else "",
    }
    template = "matters/office/_matter.html" if beside else "matters/office/matter.html"
    return render(request, template, context, status=status)


def offers_of(
    situation: Situation, refusal: Refusal | None = None, hints: Iterable[Hint] = ()
) -> list[Offer]:
    """Return what may be done now with its forms, the next step first.

    A hint that needs words is filled into its form, for the person to look at and send.
    """
    filled = {hint.verb: hint.values for hint in hints if hint.form_only}
    doings = verbs.offered(situation)
    first = verbs.first_of(situation, doings)
    doings.sort(key=lambda doing: doing.verb != first)
    found = []
    for doing in doings:
        if refusal is not None and doing.verb == refusal.verb:
            form = refusal.form
            if refusal.changed is not None:
                # What was typed stays; the form now carries the version on the screen.
                data = {name: form.data[name] for name in form.data}
                form = type(form)(
                    {**data, "seen": str(situation.matter.version)}, situation=situation
                )
            found.append(Offer(doing, form, True, doing.verb == first))
        else:
            form = doing.form(
                initial={"seen": situation.matter.version, **filled.get(doing.verb, {})},
                situation=situation,
                auto_id=f"{doing.verb}_%s",
            )
            found.append(Offer(doing, form, False, doing.verb == first))
    return found


def facts(matter: Matter) -> list[tuple[Any, Any]]:
    """Return label and value pairs of what is known; persons masked (G3)."""
    found: list[tuple[Any, Any]] = [
        (_("Place"), f"{matter.place}{' · ' + matter.place_note if matter.place_note else ''}"),
        (_("Category"), shown.category_name(matter)),
        (_("How it came"), shown.origin_name(matter)),
        (_("Reported"), when(matter.reported_at)),
        (_("Accept by"), when(matter.accept_by)),
        (_("Promised first"), when(matter.first_due)),
    ]
    if matter.first_due != matter.due:
        found.append((_("Now promised"), when(matter.due)))
    if matter.due_provisional:
        found.append(("", _("The holidays of that year are not announced yet; it may move.")))
    name = matter.reporter.name if matter.reporter else matter.contact_name
    if name:
        found.append((_("Reporter"), mask_name(name)))
    elif matter.origin == Origin.ROOT:
        found.append((_("Reporter"), _("opened by the community office")))
    elif not matter.contact_phone:
        found.append((_("Reporter"), _("anonymous")))
    if matter.followers:
        found.append((_("Neighbours who follow"), str(matter.followers)))
    if matter.reopened:
        found.append((_("Came back"), _times(matter.reopened)))
    if matter.reminders:
        found.append((_("Reminded"), _times(matter.reminders)))
    if matter.external_number:
        found.append((_("Ticket"), f"{matter.external_system} {matter.external_number}"))
        if matter.external_due:
            found.append((_("The ticket's limit"), when(matter.external_due)))
    if matter.satisfied:
        found.append((_("Satisfied"), shown.SATISFIED.get(matter.satisfied, "")))
    return found


def _times(count: int) -> str:
    return ngettext("%(n)d time", "%(n)d times", count) % {"n": count}


def masked_phone(matter: Matter) -> str:
    """Return the reporter's number with stars, or nothing."""
    phone = matter.reporter.phone if matter.reporter else matter.contact_phone
    return mask_phone(phone) if phone else ""


# -- photos ------------------------------------------------------------------------------------


def _photo(matter: Matter, row: Attachment, number: int) -> dict[str, Any]:
    def url(size: str) -> str:
        return reverse("matters_office:photo", args=[matter.pk, row.pk, size])

    return {"url": url("full"), "thumb": url("small"), "alt": _("Photo %(n)d") % {"n": number}}


def _photos_of(situation: Situation) -> dict[UUID | None, list[Photo]]:
    """Return the photos of each entry; a withheld one only for whoever may look at it first."""
    found: dict[UUID | None, list[Photo]] = {}
    opened = situation.can(Permission.MATTER_VIEW_SHIELDED)
    for number, row in enumerate(situation.photos, start=1):
        if row.withheld and not opened:
            continue
        found.setdefault(row.entry_id, []).append(Photo(**_photo(situation.matter, row, number)))
    return found


@require_safe
@needs(*DESK)
def photo(request: HttpRequest, pk: UUID, photo: UUID, size: str) -> HttpResponse:
    """Hand out a photo of a matter the actor may see; a withheld one only to whoever releases."""
    actor = actor_of(request)
    matter = queries.get(actor, pk)
    row = Attachment.objects.filter(matter=matter, pk=photo).first()
    if row is None or size not in ("full", "small"):
        raise NotFound
    if row.withheld and not actor.may(Permission.MATTER_VIEW_SHIELDED, matter.place_code):
        raise NotFound
    return files.response(row, small=size == "small")


@require_POST
@needs(Permission.MATTER_VIEW_SHIELDED)
def release(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the holder see the chosen photos of a shielded matter."""
    chosen = []
    for one in request.POST.getlist("photo"):
        try:
            chosen.append(UUID(one))
        except ValueError:
            continue
    count = actions.release_photos(by=actor_of(request), matter=pk, photos=chosen)
    if count:
        done(request, _("The holder can see %(n)d photos now.") % {"n": count})
    else:
        sorry(request, _("Please choose the photos that tell nobody who reported."))
    return HttpResponseRedirect(reverse("matters_office:matter", args=[pk]))


@require_POST
@never_cache
@needs(Permission.PEOPLE_UNMASK)
def reveal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the telephone number once, after a reason that the reporter can read (G3)."""
    actor = actor_of(request)
    reason = request.POST.get("reason", "")
    try:
        phone = actions.reveal(by=actor, matter=pk, words=reason)
    except Invalid as error:
        sorry(request, str(error))
        return HttpResponseRedirect(reverse("matters_office:matter", args=[pk]))
    return show(request, situation_of(actor, queries.get(actor, pk)), phone=phone)


# -- the same need -----------------------------------------------------------------------------


@require_safe
@needs(*DESK)
def similar(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Offer open matters this one could be merged into: alike and near, or found by words."""
    actor = actor_of(request)
    matter = queries.get(actor, pk)
    words = request.GET.get("q", "").strip()[:60]
    base = desk.mine(actor).filter(community=matter.community, shielded=False).exclude(pk=pk)
    base = base.exclude(status="closed").select_related("place", "category", "holder")
    if words:
        found = list(desk.with_words(base, words).rows.order_by("-reported_at")[:8])
    else:
        alike = queries.similar(actor, matter.place_code, bigrams(matter.text), limit=9)
        seen = set(base.filter(pk__in=[one.pk for one in alike]).values_list("pk", flat=True))
        found = [one for one in alike if one.pk in seen][:8]
    return render(
        request, "matters/office/_similar.html", {"rows": shown.rows(found), "words": words}
    )
