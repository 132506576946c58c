"""Branches at the desk: the register, one branch, its tasks; a task for whoever confirms it."""

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
from liren.look.messages import done, sorry
from liren.look.parts import Entry, Link
from liren.organisation import actions as organisation
from liren.organisation.models import Post, Term
from liren.organisation.queries import holding
from liren.territory import queries as territory
from liren.territory.codes import COMMUNITY_LENGTH
from liren.territory.enums import Level

from . import actions, queries, rules
from .enums import TaskState
from .forms import BranchForm, TaskForm
from .models import Branch, Task

PAGE = 50
LEVELS = (Level.COMMUNITY, Level.GRID, Level.BUILDING)
TONES = {
    TaskState.OFFERED: "wait",
    TaskState.CLAIMED: "now",
    TaskState.DONE: "wait",
    TaskState.CONFIRMED: "ok",
    TaskState.WITHDRAWN: "off",
}


def _tabs() -> list[Link]:
    return [
        Link(label=_("Branches"), url=reverse("branches:overview"), key="branches"),
        Link(label=_("Tasks"), url=reverse("branches:tasks"), key="tasks"),
        Link(label=_("Cross-appointments"), url=reverse("branches:cross"), key="cross"),
    ]


def _codes(actor: Actor) -> list[str]:
    codes = [c for c in actor.codes(Permission.BRANCH_EDIT) if len(c) >= COMMUNITY_LENGTH]
    if not codes:
        raise NotFound
    return codes


def _say(form: django_forms.Form, refused: Invalid) -> None:
    for name, texts in (refused.fields or {"": [str(refused)]}).items():
        form.add_error(name if name in form.fields else None, [str(t) for t in texts])


@require_safe
@needs(Permission.BRANCH_EDIT)
def overview(request: HttpRequest) -> HttpResponse:
    """List the branches by place, with how many tasks run."""
    rows = list(queries.counted(queries.visible(actor_of(request)))[: PAGE * 4])
    context = {"here": "branches", "tabs": _tabs(), "tab": "branches", "rows": rows}
    return render(request, "branches/list.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.BRANCH_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """Put a branch on the register."""
    actor = actor_of(request)
    places = [p for code in _codes(actor) for p in territory.below(code) if p.level in LEVELS]
    form = BranchForm(request.POST if request.method == "POST" else None, places=places)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                branch = actions.register(
                    by=actor,
                    place=UUID(data["place"]),
                    name=data["name"],
                    contact=data["contact"],
                    duties=data["duties"].split("\n"),
                )
            except Invalid as refused:
                _say(form, refused)
            else:
                done(request, _("The branch is on the register."))
                return redirect("branches:one", branch.pk)
    return render(request, "branches/new.html", {"here": "branches", "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@needs(Permission.BRANCH_EDIT)
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a branch: duties, posts, tasks, meetings; POST changes name, contact and duties."""
    actor = actor_of(request)
    branch = queries.get(actor, pk)
    initial = {
        "name": branch.organisation.name,
        "contact": branch.organisation.contact,
        "duties": "\n".join(branch.duties),
        "seen": branch.version,
    }
    form = BranchForm(request.POST if request.method == "POST" else None, initial=initial)
    status, theirs = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                actions.edit(
                    by=actor,
                    branch=pk,
                    name=data["name"],
                    contact=data["contact"],
                    duties=data["duties"].split("\n"),
                    seen=data["seen"] or 0,
                )
            except Invalid as refused:
                _say(form, refused)
            except Changed as error:
                status, theirs = 409, error.theirs["duties"]
                form = BranchForm(initial={**data, "seen": branch.version})
            else:
                done(request, _("Saved."))
                return redirect("branches:one", pk)
    tasks = branch.tasks.select_related("place", "receiver").order_by("-due", "pk")[:PAGE]
    posts = queries.branch_posts(branch)
    context = {
        "here": "branches",
        "branch": branch,
        "form": form,
        "editing": request.method == "POST",
        "theirs": theirs,
        "posts": posts,
        "held": set(Term.objects.filter(holding(), post__in=posts).values_list("post", flat=True)),
        "loose": queries.loose_posts(branch),
        "tasks": [{"task": t, "tone": TONES[TaskState(t.state)]} for t in tasks],
        "meetings": branch.organisation.meetings.order_by("-starts")[:10],
    }
    return render(request, "branches/one.html", context, status=status)


@require_POST
@needs(Permission.BRANCH_EDIT)
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a branch off the register."""
    actor = actor_of(request)
    queries.get(actor, pk)
    try:
        actions.close(by=actor, branch=pk)
    except Invalid as refused:
        sorry(request, str(refused))
        return redirect("branches:one", pk)
    done(request, _("The branch is off the register. Its posts stay."))
    return redirect("branches:overview")


@require_POST
@needs(Permission.BRANCH_EDIT)
def seat(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a post belong to the branch, or take it out."""
    actor = actor_of(request)
    branch = queries.get(actor, pk)
    out = "out" in request.POST
    rows = queries.branch_posts(branch) if out else queries.loose_posts(branch)
    wished = request.POST.get("post", "")
    post = next((p for p in rows if str(p.pk) == wished), None)
    if post is None:
        raise NotFound
    organisation.seat_in_branch(
        by=actor, post=post.pk, organisation=None if out else branch.organisation_id
    )
    done(request, _("Saved."))
    return redirect("branches:one", pk)


@require_safe
@needs(Permission.BRANCH_EDIT)
def cross(request: HttpRequest) -> HttpResponse:
    """Show which posts of the Party line and of the three leaders' line one person holds."""
    actor = actor_of(request)
    rows = [row for code in _codes(actor) for row in queries.cross_appointments(actor, code)]
    context = {"here": "branches", "tabs": _tabs(), "tab": "cross", "rows": rows}
    return render(request, "branches/cross.html", context)


# -- tasks -------------------------------------------------------------------------------------


@require_safe
@needs(Permission.BRANCH_EDIT)
def tasks(request: HttpRequest) -> HttpResponse:
    """List tasks: to be taken on, under way, finished."""
    actor = actor_of(request)
    show = request.GET.get("show", "running")
    wanted = {
        "offered": [TaskState.OFFERED],
        "running": [TaskState.OFFERED, TaskState.CLAIMED, TaskState.DONE],
        "late": [TaskState.OFFERED, TaskState.CLAIMED],
        "past": [TaskState.CONFIRMED, TaskState.WITHDRAWN],
    }
    if show not in wanted:
        raise NotFound
    rows = queries.tasks(actor).filter(state__in=wanted[show])
    if show == "late":
        rows = rows.filter(due__lt=clock.today())
    rows = rows.select_related("place", "branch__organisation", "receiver")
    found = list(rows.order_by("-due" if show == "past" else "due", "pk")[: PAGE + 1])
    context = {
        "here": "branches",
        "tabs": _tabs(),
        "tab": "tasks",
        "choices": [
            ("offered", _("nobody yet")),
            ("late", _("late")),
            ("past", pgettext("tasks", "finished")),
        ],
        "rows": [{"task": t, "tone": TONES[TaskState(t.state)]} for t in found[:PAGE]],
        "today": clock.today(),
        "more": len(found) > PAGE,
    }
    return render(request, "branches/tasks.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.BRANCH_EDIT)
def task_new(request: HttpRequest) -> HttpResponse:
    """Write a task down; ``?branch=`` sets who takes it on."""
    actor = actor_of(request)
    places = [p for code in _codes(actor) for p in territory.below(code) if p.level in LEVELS]
    receivers = Post.objects.filter(
        community=places[0].community,
        closed_on__isnull=True,
        type__level__in=LEVELS,
        # Whoever confirms must be able to open the task.
        type__permissions__contains=[str(Permission.MATTER_HANDLE)],
        pk__in=Term.objects.filter(holding()).values("post"),
    ).order_by("place_code", "title")
    form = TaskForm(
        request.POST if request.method == "POST" else None,
        places=places,
        receivers=receivers[:300],
        branches=queries.visible(actor).order_by("place_code"),
        initial={"branch": request.GET.get("branch", "")},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                row = actions.offer(
                    by=actor,
                    place=UUID(data["place"]),
                    title=data["title"],
                    text=data["text"],
                    due=data["due"],
                    receiver=UUID(data["receiver"]),
                    branch=UUID(data["branch"]) if data["branch"] else None,
                )
            except Invalid as refused:
                _say(form, refused)
            else:
                done(request, _("Written down."))
                return redirect("branches:task", row.pk)
    context = {"here": "branches", "form": form}
    return render(request, "branches/task_new.html", context, status=status)


def _words() -> dict[str, dict[str, Any]]:
    """Return each verb's button, the label of its words, and what the page says afterwards."""
    return {
        "claim": {"label": _("Take it on"), "done": _("Taken on.")},
        "finish": {
            "label": _("Say that it is finished"),
            "words": _("What was done"),
            "done": _("The receiver is asked to confirm."),
        },
        "give_back": {
            "label": _("Return it to the list"),
            "words": _("Why"),
            "done": _("Given back."),
        },
        "confirm": {"label": _("Confirm that it is done"), "done": _("Confirmed, thank you.")},
        "send_back": {
            "label": _("Something is missing"),
            "words": _("What is missing"),
            "done": _("The branch goes on with it."),
        },
        "withdraw": {"label": _("Withdraw it"), "words": _("Why"), "done": _("Withdrawn.")},
    }


@require_safe
@needs(Permission.BRANCH_EDIT, Permission.MATTER_HANDLE)
def task(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a task to the branch, to the desk, and to whoever confirms it."""
    return _task(request, queries.task(actor_of(request), pk))


def _task(
    request: HttpRequest, row: Task, *, status: int = 200, said: str = "", verb: str = ""
) -> HttpResponse:
    actor = actor_of(request)
    words = _words()
    own: list[Branch] = []
    verbs = queries.verbs(actor, row)
    if "claim" in verbs:
        own = list(
            queries.visible(actor)
            .filter(community=row.community)
            .exclude(organisation=row.receiver.organisation_id)
            .order_by("place_code")
        )
        if not own:
            verbs.remove("claim")
    context = {
        "here": "branches",
        "desk": actor.has(Permission.BRANCH_EDIT),
        "task": row,
        "tone": TONES[TaskState(row.state)],
        "late": row.state in (TaskState.OFFERED, TaskState.CLAIMED) and row.due < clock.today(),
        "facts": [
            (_("Place"), str(row.place)),
            (pgettext("a day", "Until"), row.due.isoformat()),
            (_("Taken on by"), row.branch.organisation.name if row.branch else _("nobody yet")),
            (_("Confirmed by"), row.receiver.title),
        ],
        "verbs": [
            {
                **words[v],
                "key": v,
                "open": v == verb,
                "typed": request.POST.get("words", "") if v == verb else "",
            }
            for v in verbs
        ],
        "branches": own,
        "said": said,
        "entries": [
            Entry(
                what=_said(step.verb),
                at=step.at,
                who=step.by_post.title if step.by_post else "",
                said=step.text,
                state="ok" if step.verb == "confirm" else "",
            )
            for step in row.steps.select_related("by_post")
        ],
    }
    return render(request, "branches/task.html", context, status=status)


def _said(verb: str) -> str:
    return {
        "offer": _("Written down"),
        "claim": _("Taken on"),
        "give_back": _("Given back"),
        "finish": _("Said to be finished"),
        "confirm": pgettext("task", "Confirmed"),
        "send_back": _("Something was missing"),
        "withdraw": _("Withdrawn"),
    }.get(verb, verb)


@require_POST
@needs(Permission.BRANCH_EDIT, Permission.MATTER_HANDLE)
def act(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Do one thing to a task."""
    actor = actor_of(request)
    row = queries.task(actor, pk)
    if verb not in rules.MOVES:
        raise NotFound
    seen = request.POST.get("seen", "")
    named: dict[str, Any] = {
        "by": actor,
        "task": pk,
        "seen": int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1,
    }
    if verb == "claim":
        try:
            named["branch"] = UUID(request.POST.get("branch", ""))
        except ValueError:
            return _task(request, row, status=422, said=_("Please choose a branch."), verb=verb)
    else:
        named["words"] = request.POST.get("words", "")
    try:
        getattr(actions, verb)(**named)
    except Invalid as refused:
        said = next(iter(refused.fields.values()), [str(refused)])[0]
        return _task(request, row, status=422, said=str(said), verb=verb)
    except Changed as error:
        return _task(request, queries.task(actor, pk), status=409, said=str(error), verb=verb)
    done(request, _words()[verb]["done"])
    try:
        queries.task(actor, pk)
    except NotFound:
        return redirect("branches:overview")
    return redirect("branches:task", pk)
