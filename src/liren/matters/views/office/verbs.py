"""What the desk can do to a matter: one table of buttons, forms and actions.

Which of them a person sees is not decided here: ``rules.verbs_for`` says it from the table of
moves, for this status and this person's roles. ``when`` only leaves out what has nothing to act
on (a decision without a request).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core import signing
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liren.access.actor import Actor
from liren.base.errors import Gone, Invalid

from ... import actions, queries
from ...enums import Status, Verb, WhistleState
from ...forms import office as forms
from ...models import Matter
from .situation import Situation

Values = dict[str, Any]
Act = Callable[[Actor, UUID, Values, int | None], Any]


def _always(situation: Situation) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Doing:
    """One button: its words, its form, what it does, and what is said afterwards.

    ``rare`` ones are folded away; ``back`` says how it is taken back at once: from the matter as
    it was, the verb and values that undo it.
    """

    verb: str
    label: str | Promise
    icon: str
    form: type[forms.VerbForm]
    act: Act
    done: str | Promise
    rare: bool = False
    danger: bool = False
    hint: str | Promise = ""
    when: Callable[[Situation], bool] = _always
    back: Callable[[Matter], tuple[str, Values]] | None = None


def _plain(action: Callable[..., Any], *names: str, **fixed: Any) -> Act:
    """Return an act that hands the named values of the form to ``action``."""

    def act(by: Actor, matter: UUID, values: Values, seen: int | None) -> Any:
        given = {name: values[name] for name in names if name in values}
        return action(by=by, matter=matter, seen=seen, **given, **fixed)

    return act


def _adding(action: Callable[..., Any], *names: str) -> Act:
    """As ``_plain`` for actions that only add, and so collide with nobody."""

    def act(by: Actor, matter: UUID, values: Values, seen: int | None) -> Any:
        return action(by=by, matter=matter, **{name: values[name] for name in names})

    return act


def _comment(by: Actor, matter: UUID, values: Values, seen: int | None) -> Any:
    return actions.comment(
        by=by, matter=matter, words=values["words"], internal=not values["to_reporter"]
    )


def _merge(by: Actor, matter: UUID, values: Values, seen: int | None) -> Any:
    number = str(values["into"]).strip()
    target = queries.visible(by).filter(number=number).exclude(pk=matter).first()
    if target is None:
        raise Invalid(fields={"into": gettext("There is no other matter with this number.")})
    return actions.merge(
        by=by, matter=matter, into=target.pk, words=values.get("words", ""), seen=seen
    )


def _disputed(situation: Situation) -> bool:
    return situation.whistle is not None and situation.whistle.state == WhistleState.DISPUTED


def _time_asked(situation: Situation) -> bool:
    asked = situation.extension
    return asked is not None and asked.asked_by != situation.actor.name


def _hears(situation: Situation) -> bool:
    return not situation.answers_alone


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
            "check",
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
            "resume",
            _("Go on"),
            "arrow-right",
            forms.WordsForm,
            _plain(actions.resume, "words"),
            _("It goes on; the deadline moved by the time it stood still."),
        ),
        Doing(
            "uphold",
            _("Uphold the dispute"),
            "check",
            forms.ReasonForm,
            _plain(actions.decide_dispute, "words", uphold=True),
            _("Decided: the community goes on with it."),
            when=_disputed,
        ),
        Doing(
            "reject_dispute",
            _("Reject the dispute"),
            "close",
            forms.ReasonForm,
            _plain(actions.decide_dispute, "words", uphold=False),
            _("Decided: the called post stays with it."),
            when=_disputed,
        ),
        Doing(
            "grant_extension",
            _("Grant the time"),
            "check",
            forms.WordsForm,
            _plain(actions.decide_extension, "words", grant=True),
            _("More time granted; the reporter hears why."),
            when=_time_asked,
        ),
        Doing(
            "refuse_extension",
            _("Refuse the time"),
            "close",
            forms.ReasonForm,
            _plain(actions.decide_extension, "words", grant=False),
            _("More time refused."),
            when=_time_asked,
        ),
        Doing(
            "heard_solved",
            _("They say: solved"),
            "check",
            forms.HeardSolvedForm,
            _plain(actions.heard, "words", "how", "satisfied", solved=True),
            _("Written down. The reporter's receipt shows it."),
            hint=_("For reporters without an account, after a call or a visit."),
            when=_hears,
        ),
        Doing(
            "heard_not_solved",
            _("They say: not solved"),
            "undo",
            forms.HeardForm,
            _plain(actions.heard, "words", "how", solved=False),
            _("Written down; it goes back to be handled."),
            when=_hears,
        ),
        Doing(
            "try_reach",
            _("Tried to reach"),
            "phone",
            forms.WordsForm,
            _adding(actions.try_reach, "words"),
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
            "assign",
            _("Send to"),
            "send",
            forms.AssignForm,
            _plain(actions.assign, "to", "words"),
            _("Sent. The clock goes on."),
            back=lambda before: ("assign", {"to": str(before.holder_id)}),
        ),
        Doing(
            "whistle",
            _("Whistle"),
            "whistle",
            forms.WhistleForm,
            _plain(actions.whistle, "called", "words"),
            _("Whistled. They have four working hours to acknowledge."),
            back=lambda before: ("recall", {}),
        ),
        Doing(
            "recall",
            _("Call back"),
            "undo",
            forms.ReasonForm,
            _plain(actions.recall, "words"),
            _("Called back; the community goes on with it."),
        ),
        Doing(
            "acknowledge",
            _("Acknowledge"),
            "check",
            forms.NothingForm,
            _plain(actions.acknowledge),
            _("Acknowledged."),
        ),
        Doing(
            "arrive",
            _("Report in"),
            "pin",
            forms.WordsForm,
            _plain(actions.arrive, "words"),
            _("Reported in."),
        ),
        Doing(
            "dispute",
            _("Dispute"),
            "flag",
            forms.ReasonForm,
            _plain(actions.dispute, "words"),
            _("Disputed; somebody above decides."),
            rare=True,
        ),
        Doing(
            "comment",
            _("Note"),
            "message",
            forms.CommentForm,
            _comment,
            _("Noted."),
        ),
        Doing(
            "supervise",
            _("Supervise"),
            "flag",
            forms.ReasonForm,
            _plain(actions.supervise, "words"),
            _("The holder has been asked in writing."),
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
            "ask_extension",
            _("Ask for more time"),
            "calendar",
            forms.ExtensionForm,
            _plain(actions.ask_extension, "days", "words"),
            _("Asked. Somebody else decides."),
            rare=True,
            when=lambda situation: situation.extension is None,
        ),
        Doing(
            "suspend",
            _("Suspend"),
            "pause",
            forms.SuspendForm,
            _plain(actions.suspend, "cause", "until", "words"),
            _("The clock stands still; the reporter knows why."),
            rare=True,
            back=lambda before: ("resume", {}),
        ),
        Doing(
            "categorise",
            _("Change category"),
            "grid",
            forms.CategoriseForm,
            _plain(actions.categorise, "category", "resend"),
            _("The category is changed; history stays."),
            rare=True,
            back=lambda before: ("categorise", {"category": str(before.category_id or "")}),
        ),
        Doing(
            "merge",
            _("Merge a duplicate"),
            "merge",
            forms.MergeForm,
            _merge,
            _("Merged. Its reporter follows the other matter from now on."),
            rare=True,
            hint=_("This matter closes and goes on with the other one. It can be undone."),
            back=lambda before: ("unmerge", {}),
        ),
        Doing(
            "unmerge",
            _("Undo the merge"),
            "undo",
            forms.WordsForm,
            _plain(actions.unmerge, "words"),
            _("The matter is open again, where it was."),
            when=lambda situation: situation.matter.ending == "merged",
        ),
        Doing(
            "split",
            _("Split off a part"),
            "split",
            forms.SplitForm,
            _plain(actions.split, "text", "category", "to"),
            _("The part has its own number and handler."),
            rare=True,
        ),
        Doing(
            "explain",
            _("Explain"),
            "message",
            forms.ExplainForm,
            _plain(actions.explain, "words"),
            _("The reporter is asked whether they accept the explanation."),
            rare=True,
        ),
        Doing(
            "refer_outside",
            _("Not ours to decide"),
            "arrow-out",
            forms.OutsideForm,
            _plain(actions.refer_outside, "authority", "words"),
            _("Closed; the reporter reads who is responsible."),
            rare=True,
            danger=True,
        ),
    )
}
ORDER = {verb: number for number, verb in enumerate(DOINGS)}

FIRST: dict[str, tuple[str, ...]] = {
    Status.SUBMITTED: ("accept",),
    Status.HANDLING: ("handle",),
    Status.CHECKING: ("verify",),
    Status.SUSPENDED: ("resume",),
    Status.ANSWERING: ("heard_solved", "try_reach"),
}


def first_of(situation: Situation, offered: Iterable[Doing]) -> str:
    """Return the verb that carries the accent: a decision that waits, else the next step."""
    names = [doing.verb for doing in offered]
    wished = ("uphold", "grant_extension", "acknowledge", *FIRST.get(situation.matter.status, ()))
    return next((verb for verb in wished if verb in names), "")


def offered(situation: Situation) -> list[Doing]:
    """Return what the person may do now, in the order of the page."""
    found = [
        DOINGS[verb]
        for verb in situation.allowed
        if verb in DOINGS and DOINGS[verb].when(situation)
    ]
    return sorted(found, key=lambda doing: ORDER[doing.verb])


# -- taking back -------------------------------------------------------------------------------

SALT = "liren.matters.undo"
UNDO_SECONDS = 600


def undo_token(doing: Doing, before: Matter, version: int) -> str:
    """Return what the toast's undo button sends; empty when the deed cannot be taken back."""
    if doing.back is None:
        return ""
    verb, values = doing.back(before)
    if "" in values.values() or "None" in values.values():
        return ""
    return signing.dumps([str(before.pk), verb, values, version], salt=SALT)


def undo(by: Actor, token: str) -> UUID:
    """Take back what was just done; return the matter.

    Refuses a token older than ten minutes or not ours (``Gone``), and a matter that somebody has
    changed since (``Changed``). The gate is asked again, as for any other move.
    """
    try:
        pk, verb, values, seen = signing.loads(token, salt=SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature as error:
        raise Gone(gettext("It is too late to take this back.")) from error
    given: Values = {
        "words": str(Verb(verb).label) + gettext(" (taken back at once)"),
        "resend": False,
    }
    for name, value in values.items():
        given[name] = UUID(value)
    DOINGS[verb].act(by, UUID(pk), given, seen)
    return UUID(pk)
