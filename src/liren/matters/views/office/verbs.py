"""What the desk can do to a matter: one table of buttons, forms and actions.

Which of them a person sees is not decided here: ``rules.verbs_for`` says it from the table of
moves, for this status and this person's roles.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liren.access.actor import Actor

from ... import actions
from ...enums import Status
from ...forms import office as forms
from ...models import Matter

Act = Callable[[Actor, UUID, dict[str, Any], int | None], Any]


@dataclass(frozen=True, slots=True)
class Doing:
    """One button: its words, its form, what it does, and what is said afterwards."""

    verb: str
    label: str | Promise
    icon: str
    form: type[forms.VerbForm]
    act: Act
    done: str | Promise
    danger: bool = False
    rare: bool = False


def _plain(action: Callable[..., Any], *names: str, **fixed: Any) -> Act:
    """Return an act that hands the named values of the form to ``action``."""

    def act(by: Actor, matter: UUID, values: dict[str, Any], seen: int | None) -> Any:
        given = {name: values[name] for name in names}
        return action(by=by, matter=matter, seen=seen, **given, **fixed)

    return act


def _unseen(action: Callable[..., Any], *names: str) -> Act:
    """As ``_plain`` for actions that add to the matter and so cannot collide."""

    def act(by: Actor, matter: UUID, values: dict[str, Any], seen: int | None) -> Any:
        return action(by=by, matter=matter, **{name: values[name] for name in names})

    return act


DOINGS: dict[str, Doing] = {
    doing.verb: doing
    for doing in (
        Doing(
            "accept",
            _("Accept"),
            "check",
            forms.NothingForm,
            _plain(actions.accept),
            _("Accepted. The reporter knows that you have it."),
        ),
        Doing(
            "handle",
            _("Done"),
            "state-done",
            forms.HandleForm,
            _plain(actions.handle, "words"),
            _("Written down as done."),
        ),
        Doing(
            "verify",
            _("Verified: done"),
            "eye",
            forms.WordsForm,
            _plain(actions.verify, "words", done=True),
            _("Verified. The reporter is asked whether it is solved."),
        ),
        Doing(
            "verify_failed",
            _("Not done"),
            "undo",
            forms.ReasonForm,
            _plain(actions.verify, "words", done=False),
            _("Sent back to be done."),
        ),
        Doing(
            "explain",
            _("Explain"),
            "message",
            forms.ReasonForm,
            _plain(actions.explain, "words"),
            _("The reporter is asked whether they accept the explanation."),
            rare=True,
        ),
        Doing(
            "try_reach",
            _("Tried to reach"),
            "phone",
            forms.WordsForm,
            _unseen(actions.try_reach, "words"),
            _("The try is written down."),
        ),
        Doing(
            "close_unreachable",
            _("Close, not reached"),
            "close",
            forms.WordsForm,
            _plain(actions.close_unreachable, "words"),
            _("Closed. The reporter can reopen it."),
        ),
        Doing(
            "pass_up",
            _("Pass up"),
            "arrow-up",
            forms.ReasonForm,
            _plain(actions.pass_up, "words"),
            _("Passed up. The clock goes on."),
            rare=True,
        ),
        Doing(
            "supervise",
            _("Supervise"),
            "flag",
            forms.ReasonForm,
            _plain(actions.supervise, "words"),
            _("The holder has been asked in writing."),
            rare=True,
        ),
    )
}

FIRST: dict[str, tuple[str, ...]] = {
    Status.SUBMITTED: ("accept",),
    Status.HANDLING: ("handle",),
    Status.CHECKING: ("verify",),
    Status.SUSPENDED: ("resume",),
    Status.ANSWERING: ("heard_solved", "try_reach"),
}


def first_of(matter: Matter, offered: Iterable[Doing]) -> str:
    """Return the verb that carries the accent: the next step from where the matter stands."""
    names = [doing.verb for doing in offered]
    return next((verb for verb in FIRST.get(matter.status, ()) if verb in names), "")
