"""The neighbours: a call for a leader, offering oneself, supporting; and the thank-you letter."""

from pathlib import Path
from uuid import UUID

from django import forms as django_forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liren.access import limits
from liren.access.actor import Actor, Permission
from liren.access.web import actor_of
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.pdf import compile_pdf
from liren.look.messages import done
from liren.organisation.queries import duties_of
from liren.people.views.parts import beside
from liren.territory import queries as territory
from liren.territory.web import community_at

from .. import actions, queries
from ..enums import OpeningState
from ..forms import NominateForm, ProposeForm
from ..models import Nomination, Opening, Thanks

LETTER = Path(__file__).resolve().parents[1] / "data" / "thanks.typ"


@limits.limited(limits.SMALL)
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, community: str, opening: UUID) -> HttpResponse:
    """A call: its duties for everybody, who stands for those who live there."""
    community_at(request, community)
    actor = actor_of(request)
    row = queries.public(community, opening)
    if request.method == "POST" and actor.person is None:
        return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.path})}")
    doing = request.POST.get("do", "")
    sent = request.POST if request.method == "POST" else None
    nominate = NominateForm(sent if doing == "nominate" else None)
    propose = ProposeForm(sent if doing == "propose" else None, auto_id="propose_%s")
    status = 200
    if sent is not None:
        form = {"nominate": nominate, "propose": propose}.get(doing)
        status = 422
        if form is None or form.is_valid():
            try:
                done(request, _do(actor, row, doing, form, sent.get("nomination", "")))
            except Invalid as error:
                if form is None:
                    raise
                beside(form, error)
            else:
                return redirect("recruitment:call", community, row.pk)
    running = row.state == OpeningState.OPEN and row.until >= clock.today()
    lives = actor.acting_for is None and queries.lives_at(actor.person, row.place_code)
    standing = queries.nominees(row, actor.person) if lives else []
    context = {
        "here": "home",
        "opening": row,
        "running": running,
        "lives": lives,
        "signed_in": actor.person is not None,
        "sign_in": f"{settings.LOGIN_URL}?{urlencode({'next': request.path})}",
        "nominees": standing,
        "stands": any(one.mine for one in standing),
        "asked": queries.asked(row, actor.person) if lives else None,
        "duties": duties_of(community, row.type_id),
        "nominate": nominate,
        "propose": propose,
    }
    return render(request, "recruitment/call.html", context, status=status)


def _do(actor: Actor, row: Opening, doing: str, form: django_forms.Form | None, which: str) -> str:
    if doing == "nominate" and form is not None:
        actions.nominate(by=actor, opening=row.pk, words=form.cleaned_data["words"])
        return _("You stand. Your neighbours see it, and you can withdraw at any time.")
    if doing == "propose" and form is not None:
        actions.propose(by=actor, opening=row.pk, **_proposed(form))
        return _("If somebody with this number lives there, they have been asked.")
    if doing == "withdraw":
        actions.withdraw(by=actor, opening=row.pk)
        return _("Withdrawn, and deleted.")
    if doing == "unsupport":
        actions.unsupport(by=actor, opening=row.pk)
        return _("Taken back.")
    if doing == "support":
        try:
            nomination = UUID(which)
        except ValueError as error:
            raise NotFound from error
        if not Nomination.objects.filter(pk=nomination, opening=row).exists():
            raise Changed(_("They have withdrawn, or the call has ended."))
        actions.support(by=actor, nomination=nomination)
        return _("Noted. Nobody sees whom you support, and you can take it back.")
    raise NotFound


def _proposed(form: django_forms.Form) -> dict[str, str]:
    return {"phone": form.cleaned_data["phone"], "words": form.cleaned_data["words"]}


@require_safe
def thanks(request: HttpRequest, community: str, thanks: UUID) -> HttpResponse:
    """A thank-you as a letter to print: for whom it is, and for the office that wrote it."""
    community_at(request, community)
    actor = actor_of(request)
    row = (
        Thanks.objects.select_related("term__post", "term__person")
        .filter(pk=thanks, community=community)
        .first()
    )
    if row is None or (
        row.term.person_id != actor.person
        and not actor.may(Permission.POST_EDIT, row.term.post.place_code)
    ):
        raise NotFound
    term = row.term
    data = {
        "title": _("A letter of thanks"),
        "dear": _("Dear %(name)s:") % {"name": term.person.name},
        "about": _("From %(from)s to %(to)s you were %(post)s.")
        % {
            "from": term.starts.isoformat(),
            "to": term.ends.isoformat() if term.ends else _("today"),
            "post": term.post.title,
        },
        "words": row.words.splitlines(),
        "signed": row.signed,
        "community": territory.community(community).name,
        "day": row.at.astimezone(clock.SHANGHAI).date().isoformat(),
    }
    response = HttpResponse(compile_pdf(LETTER, data), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="thanks-{row.pk.hex[:8]}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
