"""What several pages of partners show."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpResponse
from django.utils.translation import gettext as _

from liren.access.actor import Actor
from liren.base.errors import Invalid, NotFound
from liren.base.pdf import compile_pdf
from liren.territory.enums import Level
from liren.territory.models import Place

from .. import queries, rules
from ..enums import GiftState, ProjectState
from ..forms import put
from ..models import Agreement, Letter, OpenCall, Project
from ..words import DOORS, STANDINGS, TONES

DATA = Path(__file__).resolve().parents[1] / "data"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list: what, where it leads, a pill, and words under it."""

    title: str
    url: str
    tone: str
    state: str
    sub: str = ""


def call_line(call: OpenCall, url: str, *, desk: bool = False) -> Line:
    """Return a call as a row."""
    tone, state = DOORS[queries.door(call)]
    if desk and call.state == "draft":
        tone, state = "off", call.get_state_display()  # type: ignore[assignment]  # both are words
    sub = _("%(trade)s · %(place)s · until %(day)s · %(n)d wanted") % {
        "trade": call.trade_name,
        "place": call.place,
        "day": call.closes.isoformat(),
        "n": call.capacity,
    }
    return Line(call.title, url, tone, str(state), sub)


def agreement_line(agreement: Agreement, url: str) -> Line:
    """Return an agreement as a row."""
    tone, state = STANDINGS[queries.standing(agreement)]
    sub = f"{agreement.trade_name} · {days_said(agreement.starts, agreement.ends)}"
    return Line(agreement.partner.name, url, tone, str(state), sub)


def project_line(project: Project, url: str) -> Line:
    """Return a project as a row."""
    sub = _("%(who)s · %(place)s · due %(day)s") % {
        "who": project.agreement.partner.name,
        "place": project.place,
        "day": project.due.isoformat(),
    }
    tone = TONES.get(project.state, "off")
    return Line(project.title, url, tone, project.get_state_display(), sub)


def days_said(starts: date, ends: date) -> str:
    """Return from when to when, in digits."""
    return f"{starts.isoformat()} – {ends.isoformat()}"


def project_parts(project: Project, actor: Actor | None = None) -> dict[str, Any]:
    """Return a project with its steps and contributions; with an actor also what they may do."""
    own = actor is not None and queries.speaks_for(actor, project.agreement.partner)
    receives = actor is not None and not own and queries.receives(actor, project)
    running = project.state == ProjectState.RUNNING
    return {
        "project": project,
        "tone": TONES.get(project.state, "off"),
        "partner": project.agreement.partner,
        "receiver": project.receiver_post.title if project.receiver_post else _("a resident"),
        "own": own,
        "receives": receives,
        "running": running,
        "to_answer": receives and project.state == ProjectState.DELIVERED,
        "steps": [
            {"step": step, "may_do": own and running and step.done_on is None}
            for step in project.milestones.all()
        ],
        "gifts": [
            {
                "gift": gift,
                "amount": queries.amount_said(gift),
                "tone": TONES.get(gift.state, "off"),
                "may_give": own and gift.state == GiftState.PROMISED,
                "may_take_back": own and gift.state in queries.OPEN_GIFT,
                "may_answer": receives and gift.state == GiftState.DELIVERED,
            }
            for gift in project.contributions.all()
        ],
    }


def places_of(community: str) -> list[tuple[str, str]]:
    """Return the community, its grids and buildings to choose from."""
    rows = Place.objects.filter(
        community=community,
        level__in=[Level.COMMUNITY, Level.GRID, Level.BUILDING],
        closed_on__isnull=True,
    ).order_by("code")
    return [(str(one.pk), str(one)) for one in rows]


def identity(text: str) -> UUID:
    """Return an identity that came in a form; raise ``NotFound``."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def number(text: str) -> int | None:
    """Return a version that came in a form."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def tried(form: django_forms.Form, act: Any) -> bool:
    """Run what a valid form asks for; put a refusal beside its fields. False: nothing was done."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except Invalid as refused:
        put(form, refused)
        return False
    return True


def pdf(data: bytes, name: str) -> HttpResponse:
    """Return a PDF to look at; it is kept nowhere."""
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def agreement_pdf(agreement: Agreement, community: Place) -> bytes:
    """Return an agreement as paper to sign."""
    partner = agreement.partner
    # On paper that both sides sign a person stands with the whole name.
    name = partner.organisation.name if partner.organisation else partner.person_name
    projects = [
        {
            "title": one.title,
            "due": one.due.isoformat(),
            "place": str(one.place),
            "gifts": [
                f"{gift.what} {queries.amount_said(gift)}"
                for gift in one.contributions.exclude(state=GiftState.WITHDRAWN)
            ],
        }
        for one in agreement.projects.exclude(state=ProjectState.WITHDRAWN)
        .select_related("place")
        .prefetch_related("contributions")
        .order_by("due", "pk")
    ]
    draft = queries.standing(agreement) == rules.Standing.DRAFT
    return compile_pdf(
        DATA / "agreement.typ",
        {
            "title": _("Community partner's agreement"),
            "draft": _("Draft, not signed yet") if draft else "",
            "community": community.name,
            "partner": name or partner.name,
            "labels": {
                "a": _("Community"),
                "b": _("Partner"),
                "trade": _("Trade"),
                "area": _("Kind of area"),
                "days": _("In force"),
                "promises": _("What the partner does"),
                "gives": _("What the community gives"),
                "projects": _("Projects"),
                "rules": _("What both keep to"),
                "sign": _("Signature and date"),
            },
            "trade": agreement.trade_name,
            "area": agreement.area_name,
            "days": days_said(agreement.starts, agreement.ends),
            "promises": agreement.promises,
            "gives": agreement.gives,
            "projects": projects,
            "rules": [
                _("Residents choose freely; nothing is a condition for any service here."),
                _("The partner does not sell, charge or collect residents' data on the way."),
                _("Whoever receives something confirms it; the partner does not confirm its own."),
                _("Whoever ends early says what is still open and hands it over."),
            ],
            "signed": agreement.signed_on.isoformat() if agreement.signed_on else "",
        },
    )


def letter_pdf(letter: Letter, community: Place, name: str) -> bytes:
    """Return a letter to a home organisation, worded by the person it is about."""
    return compile_pdf(
        DATA / "letter.typ",
        {
            "title": _("Letter of confirmation"),
            "to": letter.secondment.home,
            "words": letter.words,
            "about": _("About: %(name)s") % {"name": name},
            "community": community.name,
            "day": letter.answered_on.isoformat() if letter.answered_on else "",
            "note": _("Worded and handed on by the person it is about."),
        },
    )
