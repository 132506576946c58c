"""The timeline as the desk reads it: everything, internal lines marked."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from liren.look.parts import Entry as Line

from ...enums import Role
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


def lines(entries: Iterable[Entry]) -> list[Line]:
    """Return the timeline, newest first."""
    found = []
    for entry in entries:
        what = entry.get_verb_display()
        if entry.to_post is not None:
            what = _("%(what)s → %(to)s") % {"what": what, "to": entry.to_post.title}
        said = _("(personal words removed)") if entry.erased else entry.text
        found.append(
            Line(
                what=what,
                at=entry.at,
                who=who(entry),
                said=said,
                state=_STATES.get(entry.verb, ""),
            )
        )
    found.reverse()
    return found
