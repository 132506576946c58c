"""The leader's screens: one matter, and writing a need down for a neighbour."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from liren.access.actor import Actor, Kind, Permission
from liren.access.gate import in_codes
from liren.access.limits import SMALL, limited
from liren.access.web import actor_of, needs
from liren.base.errors import Changed, Gone, Invalid, NotFound
from liren.base.ids import new_code
from liren.base.next_steps import next_steps
from liren.look.messages import done
from liren.territory.enums import Level
from liren.territory.models import Place
from liren.territory.queries import at_code, working_calendar

from .. import actions, files, links, mine, queries, rules, words
from ..actions.handling import next_up
from ..enums import Origin, Status, Verb
from ..forms.field import RecordForm, WordsForm
from ..models import Attachment, Matter


@dataclass(frozen=True, slots=True)
class Doing:
    """One button of a leader: its words, the sentence it asks for, what is said afterwards.

    ``missing`` is said when a sentence is asked for and none is written.
    """

    verb: str
    label: str | Promise
    icon: str
    ask: str | Promise = ""
    about: str | Promise = ""
    missing: str | Promise = ""
    done: str | Promise = ""


DOINGS = {
    d.verb: d
    for d in (
        Doing(
            "accept",
            gettext_lazy("I have it"),
            "check",
            done=gettext_lazy("The neighbour knows that you have it."),
        ),
        Doing(
            "acknowledge",
            gettext_lazy("Heard"),
            "check",
            done=gettext_lazy("They know that you have heard."),
        ),
        Doing(
            "arrive",
            gettext_lazy("We are on it"),
            "pin",
            done=gettext_lazy("They know that you are on it."),
        ),
        Doing(
            "handle",
            gettext_lazy("Done"),
            "state-done",
            ask=gettext_lazy("How was it done?"),
            about=gettext_lazy("The neighbour reads this."),
            missing=gettext_lazy("Please write briefly how it was done."),
            done=gettext_lazy("The neighbour is told."),
        ),
        Doing(
            "pass_up",
            gettext_lazy("I cannot solve this"),
            "arrow-up",
            ask=gettext_lazy("What is missing?"),
            about=gettext_lazy("Choose a reason above, or write one sentence."),
            missing=gettext_lazy("Please choose a reason, or write one sentence."),
            done=gettext_lazy("It is with the next one now. The promised time stays."),
        ),
        Doing(
            "dispute",
            gettext_lazy("Not ours"),
            "undo",
            ask=gettext_lazy("Why is it not yours?"),
            about=gettext_lazy("Somebody above decides."),
            missing=gettext_lazy("Please write briefly why it is not yours."),
            done=gettext_lazy("Somebody above decides now."),
        ),
        Doing(
            "comment",
            gettext_lazy("Write to the neighbour"),
            "message",
            ask=gettext_lazy("What should the neighbour know?"),
            about=gettext_lazy("The neighbour reads this."),
            missing=gettext_lazy("Please write what the neighbour should know."),
            done=gettext_lazy("Sent."),
        ),
    )
}
# The next step first; it alone carries the accent.
FIRST = {
    Status.SUBMITTED: "accept",
    Status.HANDLING: "handle",
    Status.WHISTLED: "handle",
}
REASONS = (
    gettext_lazy("It needs tools or parts I do not have"),
    gettext_lazy("It is beyond our building"),
    gettext_lazy("It costs money"),
    gettext_lazy("I cannot come in the next days"),
)


def base_of(actor: Actor, request: HttpRequest, matter: UUID) -> str:
    """Return the address this person has the matter under: their link, or the field page."""
    if actor.kind is Kind.LINK:
        return "/".join(request.path_info.split("/")[:3]) + "/"
    return reverse("matters_field:matter", args=[matter])


def offered(actor: Actor, matter: Matter) -> list[Doing]:
    """Return what this person may do to the matter now, the next step first."""
    allowed = set(rules.verbs_for(matter.status, queries.roles(actor, matter)))
    first = FIRST.get(Status(matter.status))
    if matter.status == Status.WHISTLED:
        # Who has not said "heard" yet says that first; who has, is not asked again.
        running = matter.whistles.filter(
            called__in=list(actor.posts), state__in=queries.OPEN_WHISTLE
        ).first()
        if running is not None and running.acknowledged_at is None:
            first = "acknowledge"
        else:
            allowed.discard("acknowledge")
        if running is not None and running.arrived_at is not None:
            allowed.discard("arrive")
        if running is not None and running.state == "disputed":
            allowed -= {"dispute", "arrive", "handle"}
    if next_up(matter) is None:
        allowed.discard("pass_up")
    found = [d for verb, d in DOINGS.items() if verb in allowed]
    return sorted(found, key=lambda d: d.verb != first)


def _context(request: HttpRequest, actor: Actor, matter: Matter, **more: Any) -> dict[str, Any]:
    doings = offered(actor, matter)
    photos: dict[UUID | None, list[Attachment]] = {}
    about = actor.person in matter.about_persons
    for row in matter.attachments.filter(withheld=False) if not about else ():
        photos.setdefault(row.entry_id, []).append(row)
    entries = list(
        matter.entries.filter(internal=False).select_related("by_post", "to_post").order_by("at")
    )
    calendar = working_calendar(matter.community)
    above = next_up(matter) if any(d.verb == "pass_up" for d in doings) else None
    whistle = next(
        iter(matter.whistles.filter(state__in=queries.OPEN_WHISTLE).select_related("called")), None
    )
    base = base_of(actor, request, matter.pk)
    return {
        "matter": matter,
        "base": base,
        "one_tap": actor.kind is Kind.LINK,
        "first": doings[0] if doings else None,
        "others": doings[1:],
        "title": words.title_of(matter, own=False),
        "state": words.state_of(matter, own=False),
        "promise": words.promise_of(
            matter,
            calendar,
            called=whistle.called.title if whistle else "",
            done_by=mine.done_by(matter),
            own=False,
        ),
        "lines": words.timeline_of(matter, entries, photos, own=False),
        "photo_base": base,
        "photos": [p for rows in photos.values() for p in rows],
        "above": above,
        "steps": []
        if actor.kind is Kind.LINK
        else [one for one in next_steps(actor, matter) if one.url.startswith("/field/")],
        "ask": whistle.ask if whistle and whistle.called_id in actor.posts else "",
        **more,
    }


def show(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Show one matter with the next step under the thumb."""
    actor = actor_of(request)
    matter = queries.get(actor, matter_id)
    if actor.kind is Kind.LINK and not queries.roles(actor, matter) & {"holder", "called"}:
        raise Gone(_moved_on(matter))
    return render(request, "matters/field/matter.html", _context(request, actor, matter))


def _moved_on(matter: Matter) -> str:
    if matter.status == Status.CLOSED:
        return _("This matter is closed. Thank you; there is nothing more for you to do.")
    return _("This is with %(who)s now. There is nothing more for you to do.") % {
        "who": matter.holder.title if matter.holder else _("the community office")
    }


def act(request: HttpRequest, matter_id: UUID, verb: str) -> HttpResponse:
    """Ask for a sentence (GET) or do it (POST)."""
    actor = actor_of(request)
    doing = DOINGS.get(verb)
    if doing is None:
        raise NotFound
    matter = queries.get(actor, matter_id)
    base = base_of(actor, request, matter_id)
    if request.method != "POST":
        if not doing.ask:
            return redirect(base)
        form = WordsForm(initial={"seen": matter.version}, label=doing.ask, missing=doing.missing)
        return render(
            request, "matters/field/ask.html", _asked(request, actor, matter, doing, form)
        )
    given = request.POST.copy()
    if reason := given.get("reason", ""):
        # A reason tapped is a sentence: what is written beside it is added.
        given["words"] = f"{reason}。{given.get('words', '').strip()}".strip("。")
    form = WordsForm(given, label=doing.ask, missing=doing.missing)
    if not form.is_valid():
        return render(
            request,
            "matters/field/ask.html",
            _asked(request, actor, matter, doing, form),
            status=422,
        )
    said, seen = form.cleaned_data["words"], form.cleaned_data["seen"]
    try:
        said_then = str(doing.done)
        after = _do(actor, matter_id, verb, said, seen)
        if verb == "handle":
            said_then = _after_handling(after)
    except Invalid as error:
        for name, texts in (error.fields or {"": [str(error)]}).items():
            for text in texts:
                form.add_error("words" if name in form.fields or not name else None, str(text))
        return render(
            request,
            "matters/field/ask.html",
            _asked(request, actor, matter, doing, form),
            status=422,
        )
    except Changed as error:
        matter = queries.get(actor, matter_id)
        if verb == "accept" and _has_it(actor, matter):
            return _said(request, actor, matter, base, _("You have it already."))
        return render(
            request,
            "matters/field/changed.html",
            {
                **_context(request, actor, matter),
                "error": error,
                "doing": doing,
                "typed": said,
                "doing_possible": doing in offered(actor, matter),
            },
            status=409,
        )
    if verb in ("pass_up", "handle", "dispute") and actor.kind is not Kind.LINK:
        done(request, said_then)
        return redirect(reverse("field:home"))
    # What was passed up is no longer behind the link: no button that leads to a refusal.
    return _said(request, actor, matter, base, said_then, mine=verb != "pass_up")


def _has_it(actor: Actor, matter: Matter) -> bool:
    """Tell whether this very person has said "I have it": a second tap on the stairs."""
    return (
        matter.status == Status.HANDLING
        and matter.holder_id in actor.posts
        and matter.entries.filter(verb=Verb.ACCEPT, by=actor.name).exists()
    )


def _said(
    request: HttpRequest,
    actor: Actor,
    matter: Matter,
    base: str,
    words: str,
    *,
    mine: bool = True,
) -> HttpResponse:
    """Say that it is done: on the matter's page, or behind a link on a page to be closed."""
    if actor.kind is Kind.LINK:
        return render(
            request,
            "matters/field/thanks.html",
            {"said": words, "base": base, "matter": matter, "mine": mine},
        )
    done(request, words)
    return redirect(base)


def _after_handling(matter: Matter) -> str:
    """Say who hears of it first: the office that looks, the neighbour, or nobody yet."""
    if matter.status == Status.CHECKING:
        return _("The community office is checking it on the spot now.")
    if queries.answers_alone(matter):
        return str(DOINGS["handle"].done)
    return _("Written down. The community office tells the neighbour, who has no account.")


def _do(actor: Actor, matter: UUID, verb: str, said: str, seen: int | None) -> Matter:
    match verb:
        case "accept":
            return actions.accept(by=actor, matter=matter, seen=seen)
        case "acknowledge":
            return actions.acknowledge(by=actor, matter=matter, seen=seen)
        case "arrive":
            return actions.arrive(by=actor, matter=matter, words=said, seen=seen)
        case "handle":
            return actions.handle(by=actor, matter=matter, words=said, seen=seen)
        case "pass_up":
            return actions.pass_up(by=actor, matter=matter, words=said, seen=seen)
        case "dispute":
            return actions.dispute(by=actor, matter=matter, words=said, seen=seen)
        case "comment":
            return actions.comment(by=actor, matter=matter, words=said, internal=False)
    raise NotFound


def _asked(
    request: HttpRequest, actor: Actor, matter: Matter, doing: Doing, form: WordsForm
) -> dict[str, Any]:
    return {
        "matter": matter,
        "doing": doing,
        "form": form,
        "base": base_of(actor, request, matter.pk),
        "above": next_up(matter) if doing.verb == "pass_up" else None,
        "reasons": REASONS if doing.verb == "pass_up" else (),
        "one_tap": actor.kind is Kind.LINK,
    }


@require_GET
@needs(Permission.MATTER_HANDLE)
def matter_page(request: HttpRequest, matter: UUID) -> HttpResponse:
    """One matter, for whoever signed in."""
    return show(request, matter)


@require_http_methods(["GET", "POST"])
@needs(Permission.MATTER_HANDLE)
def matter_act(request: HttpRequest, matter: UUID, verb: str) -> HttpResponse:
    """One step, for whoever signed in."""
    return act(request, matter, verb)


@require_GET
def tap(request: HttpRequest, token: str) -> HttpResponse:
    """One matter, by a one-tap link. The middleware has checked the token."""
    return show(request, links.read(token).matter)


@require_http_methods(["GET", "POST"])
@limited(SMALL)
def tap_act(request: HttpRequest, token: str, verb: str) -> HttpResponse:
    """One step, by a one-tap link."""
    return act(request, links.read(token).matter, verb)


def _places(actor: Actor) -> list[tuple[str, str]]:
    codes = actor.codes(Permission.MATTER_RECORD)
    rows = Place.objects.filter(
        in_codes("code", codes),
        level__in=[Level.GRID, Level.BUILDING, Level.UNIT, Level.COMMUNITY],
        closed_on__isnull=True,
    ).order_by("code")[:800]
    return [(p.code, str(p)) for p in rows]


@require_http_methods(["GET", "POST"])
@needs(Permission.MATTER_RECORD)
def record(request: HttpRequest) -> HttpResponse:
    """Write a need down for a neighbour who did not do it themselves: equal rights."""
    actor = actor_of(request)
    places = _places(actor)
    start = {
        "once": new_code(16),
        "place": request.GET.get("place", places[0][0] if places else ""),
    }
    form = RecordForm(request.POST or None, initial=start, places=places)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            receipt = actions.report(
                by=actor,
                need=actions.Report(
                    place=at_code(data["place"]),
                    text=data["text"],
                    origin=Origin(data["origin"]),
                    contact_name=data["contact_name"],
                    contact_phone=data["contact_phone"],
                    once=data["once"],
                ),
            )
        except Invalid as error:
            for name, texts in (error.fields or {"": [str(error)]}).items():
                for text in texts:
                    form.add_error(name if name in form.fields else None, str(text))
        else:
            return render(
                request,
                "matters/field/recorded.html",
                {
                    "receipt": receipt,
                    "matter": receipt.matter,
                    "holder": receipt.matter.holder,
                    "mine": receipt.matter.holder_id in actor.posts,
                },
            )
    status = 422 if request.method == "POST" else 200
    return render(request, "matters/field/record.html", {"form": form}, status=status)


def photo(request: HttpRequest, matter_id: UUID, photo: UUID, size: str) -> HttpResponse:
    """Hand out a photo of a matter the actor may see; withheld ones are not there (G7)."""
    actor = actor_of(request)
    matter = queries.get(actor, matter_id)
    row = matter.attachments.filter(pk=photo, withheld=False).first()
    if row is None or size not in ("full", "small"):
        raise NotFound
    return files.response(row, small=size == "small")


@require_GET
@needs(Permission.MATTER_HANDLE)
def matter_photo(request: HttpRequest, matter: UUID, photo_id: UUID, size: str) -> HttpResponse:
    """A photo, for whoever signed in."""
    return photo(request, matter, photo_id, size)


@require_GET
def tap_photo(request: HttpRequest, token: str, photo_id: UUID, size: str) -> HttpResponse:
    """A photo, by a one-tap link."""
    return photo(request, links.read(token).matter, photo_id, size)
