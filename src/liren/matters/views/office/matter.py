"""One matter on the desk: everything known, and exactly what this person may do."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from liren.access.actor import Actor, Permission
from liren.access.web import actor_of, needs
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.text import mask_name, mask_phone
from liren.look.messages import done

from ... import queries, rules
from ...forms.office import VerbForm
from ...models import Entry, Matter
from . import shown
from .timeline import lines
from .verbs import DOINGS, Doing, first_of

DESK = (Permission.MATTER_DISPATCH,)


@dataclass(frozen=True, slots=True)
class Offer:
    """A doing with its form, as the page shows it."""

    doing: Doing
    form: VerbForm
    unfolded: bool
    first: bool


@require_safe
@needs(*DESK)
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one matter: as a page, or beside the list."""
    actor = actor_of(request)
    return show(request, actor, queries.get(actor, pk))


@require_POST
@needs(*DESK)
def do(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Do one thing to a matter.

    What cannot be done is said on the matter's page, with what was typed still in its form: 422
    when something is missing, 409 with both versions when somebody was faster.
    """
    actor = actor_of(request)
    doing = DOINGS.get(verb)
    matter = queries.get(actor, pk)
    if doing is None:
        raise NotFound
    form = doing.form(request.POST)
    if not form.is_valid():
        return show(request, actor, matter, form=form, verb=verb, status=422)
    values = form.cleaned_data
    try:
        doing.act(actor, pk, values, values.get("seen"))
    except Invalid as error:
        for name, said in (error.fields or {"": [error.message]}).items():
            for one in said:
                form.add_error(name if name in form.fields else None, str(one))
        return show(request, actor, queries.get(actor, pk), form=form, verb=verb, status=422)
    except Changed as error:
        return show(
            request, actor, queries.get(actor, pk), form=form, verb=verb, changed=error, status=409
        )
    done(request, str(doing.done))
    return HttpResponseRedirect(_back(request, values.get("back", ""), pk))


def _back(request: HttpRequest, wished: str, pk: UUID) -> str:
    allowed = {request.get_host()}
    if wished.startswith("/") and url_has_allowed_host_and_scheme(wished, allowed_hosts=allowed):
        return wished
    return reverse("matters_office:matter", args=[pk])


def show(
    request: HttpRequest,
    actor: Actor,
    matter: Matter,
    *,
    form: VerbForm | None = None,
    verb: str = "",
    changed: Changed | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the matter; ``form`` is the one that was refused."""
    roles = queries.roles(actor, matter)
    offers = offered(matter, roles, form=form, verb=verb, changed=changed)
    tone, shape, word = shown.pill(matter)
    say, left, say_tone = shown.stands(matter)
    beside = request.headers.get("HX-Target") == "panel"
    context: dict[str, Any] = {
        "matter": matter,
        "title": shown.headline(matter, 60),
        "pill": {"tone": tone, "shape": shape, "word": word},
        "say": say,
        "left": left,
        "say_tone": say_tone,
        "offers": [o for o in offers if not o.doing.rare or o.unfolded],
        "rare": [o for o in offers if o.doing.rare and not o.unfolded],
        "lines": lines(_entries(matter)),
        "facts": facts(matter),
        "changed": changed,
        "mine": form.data.get("words", "") if form is not None else "",
        "here": "list",
        "beside": beside,
        "back": request.headers.get("HX-Current-URL", "") if beside else "",
    }
    template = "matters/office/_matter.html" if beside else "matters/office/matter.html"
    return render(request, template, context, status=status)


def offered(
    matter: Matter,
    roles: frozenset[str],
    *,
    form: VerbForm | None = None,
    verb: str = "",
    changed: Changed | None = None,
) -> list[Offer]:
    """Return exactly what the table of moves allows these roles now, the next step first."""
    allowed = rules.verbs_for(matter.status, roles)
    doings = [DOINGS[name] for name in allowed if name in DOINGS]
    first = first_of(matter, doings)
    doings.sort(key=lambda doing: doing.verb != first)
    found = []
    for doing in doings:
        ours = form is not None and doing.verb == verb
        if ours and form is not None:
            shown_form = form
            if changed is not None:
                # What was typed stays; the form now carries the version on the screen.
                shown_form = type(form)(
                    {**{name: form.data[name] for name in form.data}, "seen": str(matter.version)}
                )
        else:
            shown_form = doing.form(initial={"seen": matter.version})
        found.append(Offer(doing, shown_form, ours, doing.verb == first))
    return found


def _entries(matter: Matter) -> list[Entry]:
    return list(matter.entries.select_related("by_post", "to_post").prefetch_related("attachments"))


def facts(matter: Matter) -> list[tuple[Any, Any]]:
    """Return label and value pairs of what is known; persons masked (G3)."""
    from django.utils.translation import gettext as _

    from liren.look.templatetags.look import when

    found: list[tuple[Any, Any]] = [
        (_("Number"), matter.number),
        (_("Place"), f"{matter.place}{' · ' + matter.place_note if matter.place_note else ''}"),
        (_("Category"), shown.category_name(matter)),
        (_("How it came"), shown.origin_name(matter)),
        (_("Reported"), when(matter.reported_at)),
        (_("Promised first"), when(matter.first_due)),
    ]
    name = matter.reporter.name if matter.reporter else matter.contact_name
    phone = (matter.reporter.phone if matter.reporter else matter.contact_phone) or ""
    if name:
        found.append((_("Reporter"), mask_name(name)))
    if phone:
        found.append((_("Telephone"), mask_phone(phone)))
    if not name and not phone:
        found.append((_("Reporter"), _("anonymous")))
    if matter.external_number:
        found.append((_("Ticket"), f"{matter.external_system} {matter.external_number}"))
    return found
