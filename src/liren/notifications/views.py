"""One's own messages, and where one is reached outside the platform."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from liren.access import rls
from liren.access.limits import SMALL, limited
from liren.access.web import actor_of
from liren.base.errors import Invalid
from liren.base.text import mask_phone
from liren.look.messages import done
from liren.people import consents
from liren.people.actions.core import own
from liren.people.models import Account
from liren.people.queries import consents_of
from liren.people.views.parts import beside, signed_in

from . import actions, queries
from .enums import Channel
from .forms import ReachForm


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@never_cache
def inbox(request: HttpRequest, community: str) -> HttpResponse:
    """The messages of a resident; sending the form marks them as read."""
    person = own(actor_of(request))
    if request.method == "POST":
        with rls.everywhere():
            actions.mark_read(person)
        return redirect("notifications:inbox", community=community)
    typed = request.GET.get("page", "")
    page = int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) < 6 else 1
    rows, more = queries.inbox(person, page=page)
    here = reverse("notifications:inbox", args=[community])
    return render(
        request,
        "notifications/inbox.html",
        {
            "notices": rows,
            "unread": any(one.read_at is None for one in rows),
            "older": f"{here}?page={page + 1}" if more else "",
            "newer": f"{here}?page={page - 1}" if page > 1 else "",
            "here": "me",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@limited(SMALL)
@signed_in
@never_cache
def reach(request: HttpRequest, community: str) -> HttpResponse:
    """Where one is reached outside the platform, and when not."""
    actor = actor_of(request)
    person = own(actor)
    account = request.user
    assert isinstance(account, Account)
    offered = queries.offered(account)
    known = queries.addresses(person)
    with rls.everywhere():
        agreed = (
            consents_of(person).filter(purpose=consents.CONTACT, withdrawn_at__isnull=True).exists()
        )
    first = known[0] if known else None
    form = ReachForm(
        request.POST if request.method == "POST" else None,
        choices=[(way.value, _said(way, target)) for way, target in offered.items()],
        ask=not agreed,
        initial={
            "ways": [one.channel for one in known if one.enabled],
            "quiet_from": first.quiet_from if first else None,
            "quiet_to": first.quiet_to if first else None,
        },
    )
    status = 200
    if request.method == "POST":
        if form.is_valid():
            data = form.cleaned_data
            try:
                count = actions.choose_reach(
                    by=actor,
                    ways=data["ways"],
                    quiet_from=data["quiet_from"],
                    quiet_to=data["quiet_to"],
                    agreed=data.get("agree", True),
                )
            except Invalid as error:
                beside(form, error)
            else:
                done(
                    request,
                    _("Kept.") if count else _("Nothing is sent outside; your inbox has it all."),
                )
                return redirect("people:me", community=community)
        status = 422
    return render(
        request,
        "notifications/reach.html",
        {
            "form": form,
            "offered": offered,
            "purpose": consents.get(consents.CONTACT),
            "ask": not agreed,
            "here": "me",
        },
        status=status,
    )


def _said(way: Channel, target: str) -> str:
    shown = mask_phone(target) if way == Channel.SMS else target
    return f"{way.label} · {shown}"
