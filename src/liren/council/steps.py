"""What the council offers on a matter's page at the desk (``base.next_steps``)."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liren.access.actor import Permission
from liren.base.next_steps import NextStep

from .actions.claims import refuses
from .enums import ClaimState
from .models import Opening


def offer(actor: Any, matter: Any) -> Iterable[NextStep]:
    """Offer to ask the institutions, or say how far that is. One statement."""
    if not actor.may(Permission.MATTER_DISPATCH, matter.place_code):
        return
    found = Opening.objects.filter(matter=matter).prefetch_related("claims__organisation").first()
    url = reverse("council:open", args=[matter.pk])
    if found is not None and found.open:
        waiting = [c for c in found.claims.all() if c.state == ClaimState.CLAIMED]
        yield NextStep(
            label=_("Open to institutions"),
            url=reverse("council:overview") if waiting else url,
            icon="handshake",
            hint=_("%(who)s would take it on; please decide.")
            % {"who": waiting[0].organisation.name}
            if waiting
            else _("No institution has taken it on yet."),
            order=40,
        )
    elif not refuses(matter):
        yield NextStep(
            label=_("Ask the institutions to take it on"),
            url=url,
            icon="handshake",
            hint=_("They see your words, the kind and the building; nothing of the reporter."),
            order=40,
        )
