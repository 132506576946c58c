"""What might be done with a matter, with the reason: shown, and applied only by a person (G11)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ...enums import Status
from ...kinds import kind_name
from ...suggestions import suggest, suggest_handler
from .situation import Situation

UNSURE = "services.other"
OPEN = (Status.SUBMITTED, Status.HANDLING)


@dataclass(frozen=True, slots=True)
class Hint:
    """One suggestion: a verb of the desk with its values, in words, and why."""

    verb: str
    say: str
    why: str
    values: dict[str, str]
    # Calling a department needs a sentence: the hint leads to the form and sends nothing.
    form_only: bool = False


def hints_of(situation: Situation) -> list[Hint]:
    """Return what may fit, and only what this person may do now. At most three statements."""
    return [*_kinds(situation), *_handler(situation)]


def because(words: tuple[str, ...]) -> str:
    """Return the words a kind was found by, as a reason."""
    quoted = [pgettext("a word of the text", "“%(word)s”") % {"word": word} for word in words]
    return _("because it speaks of %(words)s") % {
        "words": pgettext("between quoted words", ", ").join(quoted)
    }


def _kinds(situation: Situation) -> list[Hint]:
    matter = situation.matter
    now = matter.category
    if "categorise" not in situation.allowed or (now is not None and now.key != UNSURE):
        return []
    found = suggest(situation.kinds, matter.text, matter.community)[:2]
    return [
        Hint(
            "categorise",
            _("Category: %(kind)s") % {"kind": kind_name(one.kind)},
            because(one.reason),
            {"category": str(one.kind.pk)},
        )
        for one in found
        if now is None or one.kind.key != now.key
    ]


def _handler(situation: Situation) -> list[Hint]:
    matter = situation.matter
    kind = matter.category
    if kind is None or kind.key == UNSURE or matter.status not in OPEN:
        return []
    own = {s.post.pk: s.post for s in situation.own if not s.vacant}
    called = {s.post.pk: s.post for s in situation.called if not s.vacant}
    found = suggest_handler(
        matter,
        kind,
        own if "assign" in situation.allowed else (),
        called if "whistle" in situation.allowed else (),
    )
    if found is None:
        return []
    title = (called if found.called else own)[found.post].title
    why = _("earlier ones of this kind here were mostly solved by %(who)s") % {"who": title}
    if found.called:
        say = _("Whistle: %(who)s") % {"who": title}
        return [Hint("whistle", say, why, {"called": str(found.post)}, form_only=True)]
    return [Hint("assign", _("Send to: %(who)s") % {"who": title}, why, {"to": str(found.post)})]
