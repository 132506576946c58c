"""The timeline as the desk reads it: everything, internal lines marked."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from liren.base.humanise import say_exactly
from liren.look.parts import Entry as Line
from liren.look.parts import Photo

from ...enums import Origin, Role, SuspendCause, Verb
from ...models import Entry

_STATES = {
    "answer_solved": "ok",
    "verify": "ok",
    "answer_not_solved": "bad",
    "verify_failed": "bad",
    "supervise": "bad",
    "dispute": "bad",
}


def who(entry: Entry) -> str:
    """Return who did it: a post's title, the reporter, or the platform itself."""
    if entry.by_post is not None:
        return entry.by_post.title
    if entry.by_role == Role.REPORTER:
        return str(Role.REPORTER.label)
    if entry.by.startswith("system:"):
        return _("the platform")
    return str(Role(entry.by_role).label) if entry.by_role in Role.values else ""


def detail(entry: Entry) -> str:
    """Return what the entry's data adds to its verb."""
    data = entry.data
    if entry.verb == Verb.CATEGORISE and data.get("to"):
        return _(": %(old)s → %(new)s") % {"old": data.get("from") or "—", "new": data["to"]}
    if entry.verb in (Verb.ASK_EXTENSION, Verb.GRANT_EXTENSION) and data.get("days"):
        return _(": %(n)d working days") % {"n": data["days"]}
    if entry.verb == Verb.SUSPEND and data.get("cause"):
        return f": {SuspendCause(data['cause']).label}"
    if entry.verb in (Verb.HEARD_SOLVED, Verb.HEARD_NOT_SOLVED) and data.get("how"):
        return f" ({Origin(data['how']).label})"
    if entry.verb == Verb.RECOMPUTE and data.get("due"):
        moments = [datetime.fromisoformat(data[k]) for k in ("due_before", "due") if data.get(k)]
        return ": " + " → ".join(say_exactly(one) for one in moments)
    if entry.verb == Verb.REFER_OUTSIDE and data.get("authority"):
        return f": {data['authority']}"
    if entry.verb == Verb.MERGE and data.get("number"):
        return f": {data['number']}"
    if entry.verb == Verb.REPORT and data.get("origin"):
        return f" ({Origin(data['origin']).label})"
    return ""


def lines(
    entries: Iterable[Entry], photos: "Mapping[UUID | None, list[Photo]] | None" = None
) -> list[Line]:
    """Return the timeline, newest first; ``photos`` by entry."""
    found = []
    shown = photos or {}
    for entry in entries:
        what = entry.get_verb_display()
        if entry.to_post is not None:
            what = _("%(what)s → %(to)s") % {"what": what, "to": entry.to_post.title}
        what += detail(entry)
        said = _("(personal words removed)") if entry.erased else entry.text
        found.append(
            Line(
                what=what,
                at=entry.at,
                who=who(entry),
                said=said,
                state=_STATES.get(entry.verb, ""),
                tag=_("staff only") if entry.internal else "",
                photos=shown.get(entry.pk, ()),
            )
        )
    found.reverse()
    return found
