"""Home with at most three cards, the places, being away, messages."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liren.access.actor import Actor, Permission
from liren.access.web import actor_of, needs
from liren.base import clock
from liren.base.errors import Invalid
from liren.calls.queries import asking
from liren.look.messages import done
from liren.look.parts import Link
from liren.matters import held, words
from liren.matters.models import Matter
from liren.notifications.actions import mark_read
from liren.notifications.models import Notice
from liren.organisation.actions import be_away, be_back
from liren.organisation.enums import PostKind
from liren.organisation.models import Absence, Post, Term
from liren.organisation.queries import cover_choices, first_day, terms_of
from liren.partners.queries import is_liaison
from liren.territory.enums import Level

FEW = 3


def _line(matter: Matter) -> dict[str, Any]:
    now = clock.now()
    return {
        "matter": matter,
        "title": words.title_of(matter, own=not matter.shielded),
        "state": words.state_of(matter, own=False),
        "late": matter.due is not None and matter.due < now,
        "url": reverse("matters_field:matter", args=[matter.pk]),
    }


def _posts(actor: Actor) -> list[Post]:
    return list(
        Post.objects.filter(pk__in=list(actor.posts))
        .select_related("type", "place")
        .order_by("-place_code")
    )


@require_GET
@needs(Permission.MATTER_HANDLE)
def home(request: HttpRequest) -> HttpResponse:
    """Three cards: what to do today, my places, one call a hundred answer."""
    actor = actor_of(request)
    waiting = list(held.waiting(actor)[: held.SHOWN])
    posts = _posts(actor)
    around = held.open_at_places(actor).count() if actor.has(Permission.MATTER_VIEW) else 0
    away = (
        Absence.objects.filter(term__person=actor.person, ends__gte=clock.today())
        .select_related("cover", "term__post")
        .order_by("starts")
        .first()
    )
    cards = []
    if actor.has(Permission.MATTER_VIEW):
        cards.append(
            Link(
                label=_("My places"),
                url=reverse("field:places"),
                icon="building",
                sub=ngettext(
                    "%(n)d need is open around you", "%(n)d needs are open around you", around
                )
                % {"n": around}
                if around
                else _("All quiet around you"),
            )
        )
    if any(post.type_id == PostKind.INSTITUTION for post in posts):
        cards.append(
            Link(
                label=_("Joint council"),
                url=reverse("council_field:home"),
                icon="handshake",
                sub=_("What we need, have and have promised; matters to take on"),
            )
        )
    if actor.has(Permission.CALL_MAKE):
        calls = len(asking(actor.person))
        cards.append(
            Link(
                label=_("One call, a hundred answer"),
                url=reverse("calls_field:list"),
                icon="megaphone",
                sub=ngettext("%(n)d call asks you", "%(n)d calls ask you", calls) % {"n": calls}
                if calls
                else _("Call neighbours and leaders to help"),
                urgent=bool(calls),
            )
        )
    # Who speaks for a partner has no places; what the partner promised stands there instead.
    if not actor.has(Permission.MATTER_VIEW) and is_liaison(actor):
        cards.append(
            Link(
                label=_("My projects"),
                url=reverse("partners_field:desk"),
                icon="handshake",
                sub=_("what was agreed, and reporting that it is done"),
            )
        )
    return render(
        request,
        "field/home.html",
        {
            "here": "home",
            "posts": posts,
            "lines": [_line(m) for m in waiting[:FEW]],
            "more": max(0, len(waiting) - FEW),
            "cards": cards,
            "away": away,
            "can_be_away": bool(posts),
            "can_record": actor.has(Permission.MATTER_RECORD),
            "first_day": first_day(actor.person),
        },
    )


@require_GET
@needs(Permission.MATTER_HANDLE)
def today(request: HttpRequest) -> HttpResponse:
    """Everything that waits for one of my posts, and what others have to move on."""
    actor = actor_of(request)
    return render(
        request,
        "field/today.html",
        {
            "here": "home",
            "lines": [_line(m) for m in held.waiting(actor)[: held.SHOWN]],
            "others": [_line(m) for m in held.waiting_for_others(actor)[: held.SHOWN]],
        },
    )


@require_GET
@needs(Permission.MATTER_VIEW)
def places(request: HttpRequest) -> HttpResponse:
    """My doors: the places below my posts, what is open there, and the needs around me."""
    actor = actor_of(request)
    codes = actor.codes(Permission.MATTER_VIEW)
    deepest = max((len(code) for code in codes), default=0)
    level = Level.UNIT if deepest >= 18 else Level.BUILDING if deepest >= 15 else Level.GRID
    doors = held.doors(actor, level)
    return render(
        request,
        "field/places.html",
        {
            "here": "places",
            "doors": doors,
            "lines": [_line(m) for m in held.open_at_places(actor)[: held.SHOWN]],
            "can_record": actor.has(Permission.MATTER_RECORD),
        },
    )


class AwayForm(forms.Form):
    """From when to when, and who covers. No reason is asked."""

    term = forms.ChoiceField(label=gettext_lazy("Which post"))
    starts = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    ends = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    cover = forms.ChoiceField(label=gettext_lazy("Who covers"), required=False)

    def __init__(self, *args: Any, terms: list[Term], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["term"] = forms.ChoiceField(
            label=gettext_lazy("Which post"), choices=[(str(t.pk), t.post.title) for t in terms]
        )
        covers: dict[str, str] = {}
        for term in terms:
            covers |= {str(p.pk): p.title for p in cover_choices(term)}
        self.fields["cover"] = forms.ChoiceField(
            label=gettext_lazy("Who covers"),
            required=False,
            choices=[("", _("Nobody: needs go to the next one above")), *covers.items()],
        )


@require_http_methods(["GET", "POST"])
@needs(Permission.MATTER_HANDLE)
def away(request: HttpRequest) -> HttpResponse:
    """Say that one is away, and who covers; see and end one's absences."""
    actor = actor_of(request)
    terms = list(terms_of(actor.person)) if actor.person else []
    day = clock.today()
    first = str(terms[0].pk) if terms else ""
    form = AwayForm(
        request.POST or None, terms=terms, initial={"starts": day, "ends": day, "term": first}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            be_away(
                by=actor,
                term=UUID(data["term"]),
                starts=data["starts"],
                ends=data["ends"],
                cover=UUID(data["cover"]) if data["cover"] else None,
            )
        except Invalid as error:
            for name, texts in (error.fields or {"": [str(error)]}).items():
                for text in texts:
                    form.add_error(name if name in form.fields else None, str(text))
        else:
            done(request, _("Have a good time. New needs do not wait for you meanwhile."))
            return redirect("field:away")
    absences = (
        Absence.objects.filter(term__in=[t.pk for t in terms], ends__gte=day)
        .select_related("cover", "term__post")
        .order_by("starts")
    )
    return render(
        request,
        "field/away.html",
        {
            "here": "home",
            "form": form,
            "absences": absences,
            "one": len(terms) == 1,
            "first": first,
        },
        status=422 if request.method == "POST" else 200,
    )


@require_POST
@needs(Permission.MATTER_HANDLE)
def back(request: HttpRequest, absence: UUID) -> HttpResponse:
    """End an absence early."""
    be_back(by=actor_of(request), absence=absence)
    done(request, _("Good that you are back."))
    return redirect("field:away")


@require_http_methods(["GET", "POST"])
@needs(Permission.MATTER_HANDLE)
def messages(request: HttpRequest) -> HttpResponse:
    """The inbox of a leader; opening a message leads to its matter."""
    actor = actor_of(request)
    if actor.person is None:
        return redirect("field:home")
    if request.method == "POST":
        mark_read(actor.person)
        return redirect("field:messages")
    rows = list(Notice.objects.filter(person=actor.person).order_by("-at")[:50])
    return render(
        request,
        "field/messages.html",
        {"here": "messages", "notices": rows, "unread": any(n.read_at is None for n in rows)},
    )
