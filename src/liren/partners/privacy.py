"""What partners and seconded staff mean for a person's rights."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from liren.access.actor import Actor
from liren.base import clock
from liren.people import rights

from .enums import AgreementState, ApplicationState
from .models import Agreement, Application, FreeHalf

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def refuse(person: UUID) -> "StrOrPromise":
    """Refuse while an agreement of theirs runs: somebody counts on it."""
    runs = Agreement.objects.filter(
        partner__person=person, state=AgreementState.SIGNED, ends__gte=clock.today()
    )
    if runs.exists():
        return _("You are a community partner. Please end the agreement first.")
    return ""


def erase(person: UUID, by: Actor) -> int:
    """Take back what still waits; the words are emptied by the declarations."""
    return Application.objects.filter(person=person, state=ApplicationState.WAITING).update(
        state=ApplicationState.WITHDRAWN,
        done_on=clock.today(),
        changed_by=by.name,
        changed_why="erased at the person's request",
        changed_at=clock.now(),
    )


def purge(at: datetime) -> dict[str, int]:
    """Forget half days that are over (no times are kept beyond their day, G2)."""
    gone, _by_model = FreeHalf.objects.filter(day__lt=at.astimezone(clock.SHANGHAI).date()).delete()
    return {"partners_freehalf": gone} if gone else {}


def register() -> None:
    """Take part; called as the app starts."""
    rights.register(rights.Part("partners", refuse=refuse, erase=erase, purge=purge))
