"""Meetings at the desk: the list, calling one, and everything about one of them."""

from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.access.actor import Actor, Permission
from liren.access.web import actor_of, needs
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.humanise import say_exactly
from liren.base.pdf import compile_pdf
from liren.look.messages import done, sorry
from liren.look.parts import Link
from liren.organisation.models import Post
from liren.territory import queries as territory
from liren.territory.codes import COMMUNITY_LENGTH, community_of

from . import actions, queries, rules
from .enums import MinutesKind, Presence, State
from .forms import DecisionForm, MeetingForm, MinutesForm, MoveForm
from .models import Meeting

PAPER = Path(__file__).resolve().parent / "data" / "meeting.typ"
PAGE = 50
TONES = {State.CALLED: "now", State.CALLED_OFF: "off", State.MINUTED: "ok"}


def _community(actor: Actor) -> str:
    """Return the community an actor keeps meetings in: the first by code."""
    for code in actor.codes(Permission.BRANCH_EDIT):
        if len(code) >= COMMUNITY_LENGTH:
            return community_of(code)
    raise NotFound


@require_safe
@needs(Permission.BRANCH_EDIT)
def overview(request: HttpRequest) -> HttpResponse:
    """List meetings: coming, still to be written up, done."""
    actor, now = actor_of(request), clock.now()
    tab = request.GET.get("show", "coming")
    rows = queries.visible(actor).select_related("organisation", "convened_by")
    wanted = {
        "coming": rows.filter(state=State.CALLED, starts__gt=now).order_by("starts"),
        "open": rows.filter(state=State.CALLED, starts__lte=now).order_by("-starts"),
        "past": rows.exclude(state=State.CALLED).order_by("-starts"),
    }
    if tab not in wanted:
        raise NotFound
    found = list(wanted[tab][: PAGE + 1])
    here = reverse("meetings:overview")
    context = {
        "here": "meetings",
        "tab": tab,
        "tabs": [
            Link(label=pgettext("meetings", "Coming"), url=here, key="coming"),
            Link(label=_("To be written up"), url=f"{here}?show=open", key="open"),
            Link(label=_("Minutes"), url=f"{here}?show=past", key="past"),
        ],
        "rows": [{"meeting": m, "tone": TONES[State(m.state)]} for m in found[:PAGE]],
        "more": len(found) > PAGE,
    }
    return render(request, "meetings/list.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.BRANCH_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """Call a meeting; ``?organisation=`` sets the body, ``?title=`` what it is about."""
    actor = actor_of(request)
    community = _community(actor)
    conveners = list(queries.conveners(actor, community))
    own = next((p.pk for p in conveners if p.pk in actor.posts), None)
    form = MeetingForm(
        request.POST if request.method == "POST" else None,
        bodies=queries.bodies(actor, community),
        conveners=conveners,
        others=queries.invitable(community),
        initial={
            "organisation": request.GET.get("organisation", ""),
            "title": request.GET.get("title", "")[:80],
            "post": own,
            "quorum": "1/2+",
            "notice_days": 3,
        },
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                meeting = actions.convene(
                    by=actor,
                    post=UUID(data["post"]),
                    organisation=UUID(data["organisation"]) if data["organisation"] else None,
                    posts=[UUID(pk) for pk in data["posts"]],
                    plan=actions.Plan(
                        title=data["title"],
                        kind=data["kind"],
                        starts=data["starts"],
                        venue=data["venue"],
                        agenda=data["agenda"].split("\n"),
                        public=data["public"],
                        quorum=form.asked_quorum(),
                        notice_days=data["notice_days"],
                        short_reason=data["short_reason"],
                    ),
                )
            except Invalid as refused:
                _say(form, refused)
            else:
                done(request, _("The meeting is called; everybody who belongs to it is told."))
                return redirect("meetings:one", meeting.pk)
    return render(request, "meetings/new.html", {"here": "meetings", "form": form}, status=status)


def _say(form: django_forms.Form, refused: Invalid) -> None:
    """Put a refusal beside the fields it is about."""
    for name, texts in (refused.fields or {"": [str(refused)]}).items():
        form.add_error(name if name in form.fields else None, [str(t) for t in texts])


@require_safe
@needs(Permission.BRANCH_EDIT)
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a meeting and what can be done with it now."""
    return _one(request, queries.get(actor_of(request), pk))


def _one(
    request: HttpRequest,
    meeting: Meeting,
    *,
    status: int = 200,
    move_form: MoveForm | None = None,
    minutes_form: MinutesForm | None = None,
    decision_form: DecisionForm | None = None,
    theirs: dict[str, Any] | None = None,
    said: str = "",
) -> HttpResponse:
    actor = actor_of(request)
    keeps = queries.keeps(actor, meeting)
    # A draft is read by who keeps the meeting; by others once it is confirmed.
    written = meeting.minutes.select_related("by_post")
    versions = list(written if keeps else written.exclude(kind=MinutesKind.DRAFT))
    last = versions[0] if versions else None
    members = list(meeting.members.select_related("post").order_by("post__place_code", "pk"))
    there = queries.attendance(meeting)
    begun = meeting.starts <= clock.now()
    open_ = meeting.state == State.CALLED
    changes = [
        {
            "version": after,
            "lines": list(rules.differences(before.text, after.text)),
        }
        for after, before in pairwise(versions)
        if after.kind == MinutesKind.AMENDED
    ]
    number = theirs["number"] if theirs and "number" in theirs else last.number if last else 0
    if minutes_form is None:
        minutes_form = MinutesForm(
            initial={"seen": number, "text": last.text if last else _template(meeting, there)}
        )
    context = {
        "here": "meetings",
        "meeting": meeting,
        "tone": TONES[State(meeting.state)],
        "facts": [
            (_("When"), say_exactly(meeting.starts)),
            (_("Where"), meeting.venue),
            (_("Called by"), meeting.convened_by.title),
            (
                _("Who may read it"),
                _("everybody in the community") if meeting.public else _("its members"),
            ),
            *([(_("Why so soon"), meeting.short_reason)] if meeting.short_reason else []),
        ],
        "items": meeting.items.all(),
        "members": members,
        "there": there,
        "presences": [p for p in Presence.choices if p[0]],
        "present": Presence.PRESENT,
        "excused": Presence.EXCUSED,
        "decisions": meeting.decisions.select_related("post", "matter") if keeps or last else [],
        "versions": versions,
        "last": last,
        "changes": changes,
        "amending": last is not None and last.kind != MinutesKind.DRAFT,
        "begun": begun,
        "open": open_,
        "keeps": keeps,
        "move_form": move_form
        or MoveForm(
            initial={"seen": meeting.version, "starts": meeting.starts, "venue": meeting.venue}
        ),
        "minutes_form": minutes_form,
        "decision_form": decision_form
        or DecisionForm(posts=_doers(meeting), initial={"seen": meeting.version}),
        "moving": move_form is not None,
        "amend_open": minutes_form.is_bound,
        "theirs": theirs,
        "said": said,
    }
    return render(request, "meetings/one.html", context, status=status)


def _doers(meeting: Meeting) -> "list[Post]":
    return [m.post for m in meeting.members.select_related("post").order_by("post__place_code")]


def _template(meeting: Meeting, there: queries.Attendance) -> str:
    """Return the frame of the minutes: who, then each point with room below it."""
    lines = [
        _("Present: %(n)d of %(all)d, guests: %(guests)d")
        % {"n": there.present, "all": there.members, "guests": meeting.guests},
    ]
    for item in meeting.items.all():
        lines += ["", f"{item.order}. {item.text}", ""]
    return "\n".join(lines)


@require_POST
@needs(Permission.BRANCH_EDIT)
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Move it."""
    actor = actor_of(request)
    meeting = queries.get(actor, pk)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _one(request, meeting, status=422, move_form=form)
    try:
        actions.move(by=actor, meeting=pk, **form.cleaned_data)
    except Invalid as refused:
        _say(form, refused)
        return _one(request, meeting, status=422, move_form=form)
    except Changed as error:
        return _one(request, queries.get(actor, pk), status=409, said=str(error))
    done(request, _("Moved. Everybody who belongs to it is told."))
    return redirect("meetings:one", pk)


@require_POST
@needs(Permission.BRANCH_EDIT)
def call_off(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Call it off."""
    actor = actor_of(request)
    meeting = queries.get(actor, pk)
    try:
        actions.call_off(
            by=actor,
            meeting=pk,
            reason=request.POST.get("reason", ""),
            seen=_int(request.POST.get("seen", "")),
        )
    except Invalid as refused:
        said = next(iter(refused.fields.values()), [str(refused)])[0]
        return _one(request, meeting, status=422, said=str(said))
    except Changed as error:
        return _one(request, queries.get(actor, pk), status=409, said=str(error))
    done(request, _("Called off. Everybody who belongs to it is told."))
    return redirect("meetings:one", pk)


def _int(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


@require_POST
@needs(Permission.BRANCH_EDIT)
def attendance(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note who was there."""
    actor = actor_of(request)
    meeting = queries.get(actor, pk)
    noted: dict[str, list[UUID]] = {Presence.PRESENT: [], Presence.EXCUSED: []}
    for post in meeting.members.values_list("post", flat=True):
        chosen = request.POST.get(f"post-{post}", "")
        if chosen in noted:
            noted[chosen].append(post)
    guests = request.POST.get("guests", "").strip() or "0"
    try:
        actions.record(
            by=actor,
            meeting=pk,
            present=noted[Presence.PRESENT],
            excused=noted[Presence.EXCUSED],
            guests=_int(guests),
            seen=_int(request.POST.get("seen", "")),
        )
    except Invalid as refused:
        said = next(iter(refused.fields.values()), [str(refused)])[0]
        return _one(request, meeting, status=422, said=str(said))
    except Changed as error:
        return _one(request, queries.get(actor, pk), status=409, said=str(error))
    done(request, _("Noted."))
    return redirect(reverse("meetings:one", args=[pk]) + "#decisions")


@require_POST
@needs(Permission.BRANCH_EDIT)
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down a decision."""
    actor = actor_of(request)
    meeting = queries.get(actor, pk)
    form = DecisionForm(request.POST, posts=_doers(meeting))
    if not form.is_valid():
        return _one(request, meeting, status=422, decision_form=form)
    data = form.cleaned_data
    try:
        actions.decide(
            by=actor,
            meeting=pk,
            text=data["text"],
            post=UUID(data["post"]) if data["post"] else None,
            due=data["due"],
            seen=data["seen"],
        )
    except Invalid as refused:
        _say(form, refused)
        return _one(request, meeting, status=422, decision_form=form)
    except Changed as error:
        again = queries.get(actor, pk)
        form = DecisionForm(
            initial={**request.POST.dict(), "seen": again.version}, posts=_doers(meeting)
        )
        return _one(request, again, status=409, decision_form=form, said=str(error))
    return redirect(reverse("meetings:one", args=[pk]) + "#decisions")


@require_POST
@needs(Permission.BRANCH_EDIT)
def strike(request: HttpRequest, decision: UUID) -> HttpResponse:
    """Take a decision out again."""
    actor = actor_of(request)
    meeting = queries.visible(actor).filter(decisions=decision).first()
    if meeting is None:
        raise NotFound
    try:
        actions.strike(by=actor, decision=decision, seen=_int(request.POST.get("seen", "")))
    except (Invalid, Changed) as error:
        sorry(request, str(error))
    return redirect(reverse("meetings:one", args=[meeting.pk]) + "#decisions")


@require_POST
@needs(Permission.BRANCH_EDIT)
def matter(request: HttpRequest, decision: UUID) -> HttpResponse:
    """Open a matter for a decision."""
    actor = actor_of(request)
    meeting = queries.visible(actor).filter(decisions=decision).first()
    if meeting is None:
        raise NotFound
    opened = actions.make_matter(by=actor, decision=decision)
    done(request, _("It goes on as matter %(number)s.") % {"number": opened.number})
    return redirect(reverse("meetings:one", args=[meeting.pk]) + "#decisions")


@require_POST
@needs(Permission.BRANCH_EDIT)
def minutes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save the next version of the minutes; of two at once, the second sees both texts."""
    actor = actor_of(request)
    meeting = queries.get(actor, pk)
    form = MinutesForm(request.POST)
    if not form.is_valid():
        return _one(request, meeting, status=422, minutes_form=form)
    try:
        actions.save_minutes(by=actor, meeting=pk, **form.cleaned_data)
    except Invalid as refused:
        _say(form, refused)
        return _one(request, meeting, status=422, minutes_form=form)
    except Changed as error:
        # What was typed stays, now on top of what somebody else wrote.
        again = MinutesForm(
            initial={**form.cleaned_data, "seen": error.theirs["number"]},
        )
        return _one(
            request, meeting, status=409, minutes_form=again, theirs=error.theirs, said=str(error)
        )
    done(request, _("Saved as a new version."))
    return redirect(reverse("meetings:one", args=[pk]) + "#minutes")


@require_POST
@needs(Permission.BRANCH_EDIT)
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm the minutes."""
    actor = actor_of(request)
    meeting = queries.get(actor, pk)
    try:
        actions.confirm_minutes(by=actor, meeting=pk, seen=_int(request.POST.get("seen", "")))
    except Invalid as refused:
        return _one(request, meeting, status=422, said=str(refused))
    except Changed as error:
        return _one(request, queries.get(actor, pk), status=409, said=str(error))
    done(request, _("Confirmed. Whoever may read them can read them now."))
    return redirect(reverse("meetings:one", args=[pk]) + "#minutes")


@require_safe
@needs(Permission.BRANCH_EDIT)
def printed(request: HttpRequest, pk: UUID, what: str) -> HttpResponse:
    """The notice, or the minutes, as a page of paper."""
    actor = actor_of(request)
    meeting = queries.get(actor, pk)
    written = queries.latest if queries.keeps(actor, meeting) else queries.confirmed
    text = written(meeting) if what == "minutes" else None
    if what not in ("notice", "minutes") or (what == "minutes" and text is None):
        raise NotFound
    there = queries.attendance(meeting)
    data: dict[str, Any] = {
        "title": meeting.title,
        "kind": _("Notice of a meeting") if text is None else _("Minutes"),
        "draft": text is not None and text.kind == MinutesKind.DRAFT,
        "draft_said": _("Draft, not confirmed"),
        "community": territory.community(meeting.community).name,
        "body": str(meeting.organisation or meeting.convened_by.title),
        "facts": [
            [_("When"), say_exactly(meeting.starts)],
            [_("Where"), meeting.venue],
            [_("Called by"), meeting.convened_by.title],
        ],
        "agenda_title": _("Agenda"),
        "agenda": list(meeting.items.values_list("text", flat=True)),
        "text": text.text if text else "",
        "decisions_title": _("Decisions"),
        "decisions": [
            " · ".join(
                part
                for part in (
                    d.text,
                    d.post.title if d.post else "",
                    d.due.isoformat() if d.due else "",
                )
                if part
            )
            for d in meeting.decisions.select_related("post")
        ]
        if text
        else [],
        "off": _("Called off") if meeting.state == State.CALLED_OFF else "",
        "day": clock.today().isoformat(),
    }
    if text is not None:
        data["facts"] += [
            [
                pgettext("at a meeting", "Present"),
                _("%(n)d of %(all)d, guests: %(guests)d")
                % {"n": there.present, "all": there.members, "guests": meeting.guests},
            ]
        ]
    else:
        data["facts"] += [
            [
                _("Asked"),
                "、".join(
                    meeting.members.order_by("post__place_code").values_list(
                        "post__title", flat=True
                    )
                ),
            ]
        ]
    response = HttpResponse(compile_pdf(PAPER, data), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="meeting-{what}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
