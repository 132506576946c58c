"""The liaison's pages, and where a post confirms what a partner delivered."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from liren.access.actor import Actor, Permission
from liren.access.web import actor_of, needs
from liren.base.errors import NotFound
from liren.look.messages import done

from .. import actions, queries
from ..enums import AgreementState
from ..forms import WordsForm
from ..models import Agreement, Project
from .shared import agreement_line, identity, project_line, project_parts, tried


@require_safe
@never_cache
@needs(Permission.MATTER_HANDLE)
def desk(request: HttpRequest) -> HttpResponse:
    """My partner's projects and agreements, and what I am asked to confirm."""
    actor = actor_of(request)

    def url(project: Project) -> str:
        return reverse("partners_field:project", args=[project.pk])

    mine = queries.mine(actor)
    agreements = (
        Agreement.objects.filter(partner__post__in=list(actor.posts), state=AgreementState.SIGNED)
        .select_related("partner__organisation", "scheme")
        .order_by("ends")
    )
    return render(
        request,
        "partners/field/desk.html",
        {
            "here": "home",
            "confirm": [project_line(one, url(one)) for one in queries.to_confirm(actor)[:50]],
            "open": [
                project_line(one, url(one))
                for one in mine.filter(state__in=queries.OPEN_PROJECT)[:50]
            ],
            "past": [
                project_line(one, url(one))
                for one in mine.exclude(state__in=queries.OPEN_PROJECT)[:30]
            ],
            "agreements": [agreement_line(one, "") for one in agreements[:20]],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(Permission.MATTER_HANDLE)
def project(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One project: report what was done and given; or say that it arrived."""
    actor = actor_of(request)
    row = queries.project_for(actor, pk)
    form = WordsForm(request.POST or None, initial={"seen": row.version})
    status = 200
    if request.method == "POST":
        if tried(form, lambda data: _do(actor, row, request.POST, data)):
            done(request, _("Noted. Thank you."))
            return redirect("partners_field:project", pk)
        status = 422
        row.refresh_from_db()
    return render(
        request,
        "partners/field/project.html",
        {"here": "home", "form": form, **project_parts(row, actor)},
        status=status,
    )


def _do(actor: Actor, row: Project, posted: Any, data: dict[str, Any]) -> None:
    """Do what a button asks for; whoever it does not belong to is refused by the action."""
    words, what = data["words"], posted.get("do", "")
    thing = posted.get("thing", "")
    if what == "step":
        actions.do_milestone(by=actor, milestone=identity(thing), words=words)
    elif what == "give":
        actions.give(by=actor, gift=identity(thing), words=words)
    elif what == "take_back":
        actions.take_back(by=actor, gift=identity(thing), why=words)
    elif what in ("arrived", "missing"):
        actions.answer_gift(by=actor, gift=identity(thing), received=what == "arrived", words=words)
    elif what == "deliver":
        actions.deliver(by=actor, project=row.pk, words=words, seen=data["seen"])
    elif what in ("yes", "no"):
        actions.answer(
            by=actor, project=row.pk, received=what == "yes", words=words, seen=data["seen"]
        )
    elif what == "give_up":
        actions.give_up(by=actor, project=row.pk, why=words, seen=data["seen"])
    else:
        raise NotFound
