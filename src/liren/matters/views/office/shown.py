"""A matter as the desk's tables and pages say it: words and tones, no queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.base import clock
from liren.base.humanise import say_when
from liren.look.components.small import icon, when
from liren.look.components.small import pill as state_pill

from ...enums import Ending, LinkKind, Origin, Status, SuspendCause
from ...kinds import kind_name
from ...models import Link, Matter

# status: (tone, shape); the word is the status's own
PILLS: dict[str, tuple[str, str]] = {
    Status.SUBMITTED: ("info", "state-new"),
    Status.HANDLING: ("now", "state-now"),
    Status.WHISTLED: ("wait", "whistle"),
    Status.SUSPENDED: ("off", "pause"),
    Status.CHECKING: ("wait", "eye"),
    Status.ANSWERING: ("wait", "state-ask"),
}
ENDINGS: dict[str, tuple[str, str]] = {
    Ending.SOLVED: ("ok", "state-done"),
    Ending.EXPLAINED: ("ok", "state-done"),
    Ending.UNREACHABLE: ("off", "state-stop"),
    Ending.OUTSIDE: ("off", "state-away"),
    Ending.WITHDRAWN: ("off", "state-stop"),
    Ending.MERGED: ("off", "merge"),
}
RUNNING = (Status.SUBMITTED, Status.HANDLING, Status.WHISTLED, Status.CHECKING)
COLUMN_TITLES = {
    "urgent": gettext_lazy("May be urgent"),
    "inbox": gettext_lazy("To accept"),
    "late_accept": gettext_lazy("Not accepted in time"),
    "today": gettext_lazy("Due today"),
    "overdue": gettext_lazy("Overdue"),
    "waiting": gettext_lazy("Waiting for others"),
    "checking": gettext_lazy("To verify"),
    "deciding": gettext_lazy("To decide"),
}
COLUMN_HINTS = {
    "urgent": gettext_lazy("by their words; say the kind once you have looked"),
    "inbox": gettext_lazy("sent to your desk"),
    "late_accept": gettext_lazy("with a leader who has not answered yet"),
    "today": gettext_lazy("the promise ends tonight"),
    "overdue": gettext_lazy("the promise has not been kept"),
    "waiting": gettext_lazy("departments, the resident's answer, on hold"),
    "checking": gettext_lazy("reported as done"),
    "deciding": gettext_lazy("disputes, more time asked for"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    matter: Matter
    url: str
    title: str
    place: str
    who: str
    category: str
    tone: str
    shape: str
    status: str
    late: str
    late_tone: str

    @property
    def open(self) -> bool:
        """Tell whether the limit still says anything."""
        return self.matter.status != Status.CLOSED

    def __getitem__(self, name: str) -> Any:
        """Give templates what they ask for at once: they try the index before the attribute."""
        try:
            return getattr(self, name)
        except AttributeError as error:
            raise KeyError(name) from error

    @property
    def state(self) -> SafeString:
        """Where the matter stands, in colour, shape and word."""
        return state_pill(self.tone, self.status, self.shape)

    @property
    def reported(self) -> SafeString | str:
        """When it was reported."""
        return when(self.matter.reported_at)

    @property
    def until(self) -> SafeString:
        """Until when it is promised, and whether that is late; empty when it is closed."""
        said = when(self.matter.due) if self.open else ""
        if not self.late:
            return format_html("{}", said)
        return format_html('{}<span class="o-late l-{}">{}</span>', said, self.late_tone, self.late)

    @property
    def sub(self) -> SafeString:
        """The small line: number, kind, and what is special about it."""
        matter = self.matter
        parts: list[str] = [matter.number, self.category]
        if matter.urgent and matter.status != Status.CLOSED:
            parts.insert(0, icon("alert") + escape(_("may be urgent")))
        if matter.shielded:
            parts.append(icon("shield") + escape(_("reporter unknown")))
        if matter.followers:
            parts.append(_("%(n)s follow") % {"n": matter.followers})
        return SafeString(" · ".join(map(conditional_escape, parts)))


def headline(matter: Matter, size: int = 48) -> str:
    """Return the first line of what was reported."""
    lines = matter.text.strip().splitlines()
    first = lines[0] if lines else matter.number
    return first if len(first) <= size else first[: size - 1] + "…"


def pill(matter: Matter) -> tuple[str, str, str]:
    """Return tone, shape and word of where the matter stands."""
    if matter.status == Status.CLOSED:
        return (*ENDINGS[matter.ending], str(Ending(matter.ending).label))
    return (*PILLS[matter.status], str(Status(matter.status).label))


def late(matter: Matter, now: datetime | None = None) -> tuple[str, str]:
    """Return a word and a tone when the limit has passed or passes today; else empty."""
    if matter.due is None or matter.status not in RUNNING:
        return "", ""
    moment = now or clock.now()
    if matter.due < moment:
        days = (moment - matter.due).days
        if days:
            return _("%(n)d days over") % {"n": days}, "bad"
        return _("overdue"), "bad"
    if matter.due.astimezone(clock.SHANGHAI).date() == clock.today():
        return _("due today"), "wait"
    return "", ""


def row(matter: Matter, now: datetime | None = None) -> Row:
    """Return the matter as a line of a table."""
    tone, shape, status = pill(matter)
    word, late_tone = late(matter, now)
    return Row(
        matter=matter,
        url=reverse("matters_office:matter", args=[matter.pk]),
        title=headline(matter),
        place=str(matter.place),
        who=matter.holder.title if matter.holder else "",
        category=category_name(matter),
        tone=tone,
        shape=shape,
        status=status,
        late=word,
        late_tone=late_tone,
    )


def lines(found: Iterable[Row], *, holder_url: str, bulk: bool = False) -> SafeString:
    """Return the rows of the desk's table of matters, without its head.

    Written here and not in a template: a hundred lines of seven cells are most of a page's time.
    ``bulk``: with a box to choose what is still to be accepted. ``holder_url`` is completed by
    the post's identity.
    """
    return mark_safe("".join(_line(row, holder_url, bulk) for row in found))  # noqa: S308 -- parts escaped in _line


def _line(row: Row, holder_url: str, bulk: bool) -> str:
    matter, title = row.matter, escape(row.title)
    choose = who = ""
    if bulk:
        box = ""
        if matter.status == Status.SUBMITTED:
            box = (
                '<input class="form-check-input" type="checkbox" name="pick"'
                f' value="{matter.pk}:{matter.version}" aria-label="{title}">'
            )
        choose = f'<td class="l-noprint">{box}</td>'
    if row.who:
        href = f"{escape(holder_url)}{matter.holder_id}"
        who = f'<a class="o-plain" href="{href}">{escape(row.who)}</a>'
    return (
        f'<tr data-row>{choose}<td class="l-tight o-dim o-when">{row.reported}</td>'
        f'<td class="o-what"><a href="{escape(row.url)}" data-panel>{title}</a>'
        f'<span class="o-sub">{row.sub}</span></td>'
        f'<td class="o-place">{escape(row.place)}</td>'
        f'<td class="l-tight o-state">{row.state}</td>'
        f'<td class="o-who l-wide">{who}</td>'
        f'<td class="l-tight o-until">{row.until}</td></tr>'
    )


def rows(matters: Iterable[Matter]) -> list[Row]:
    """Return matters as lines of a table."""
    now = clock.now()
    return [row(matter, now) for matter in matters]


def category_name(matter: Matter) -> str:
    """Return the category's name in the reader's language."""
    return kind_name(matter.category) if matter.category else _("no category yet")


def stands(matter: Matter) -> tuple[str, str, str]:
    """Return the one sentence of who has it and until when, what is left, and a tone."""
    who = matter.holder.title if matter.holder else ""
    until = say_when(matter.due) if matter.due else ""
    words = {"who": who, "when": until}
    if matter.status == Status.CLOSED:
        tone = "ok" if matter.ending in (Ending.SOLVED, Ending.EXPLAINED) else "off"
        if matter.ending == Ending.OUTSIDE:
            return (
                _("Not ours to decide: %(who)s is responsible") % {"who": matter.outside_authority},
                "",
                "off",
            )
        closed = say_when(matter.closed_at) if matter.closed_at else ""
        return f"{Ending(matter.ending).label} · {closed}", "", tone
    word, late_tone = late(matter)
    tone = "bad" if late_tone == "bad" else "now"
    if matter.status == Status.SUBMITTED:
        accept = say_when(matter.accept_by) if matter.accept_by else ""
        said = _("%(who)s accepts it by %(accept)s, done by %(when)s") % {**words, "accept": accept}
    elif matter.status == Status.SUSPENDED:
        cause = SuspendCause(matter.suspend_cause).label if matter.suspend_cause else ""
        back = say_when(matter.suspend_until) if matter.suspend_until else _("open end")
        return _("On hold: %(cause)s (until: %(back)s)") % {"cause": cause, "back": back}, "", "off"
    elif matter.status == Status.ANSWERING:
        return _("Done; the reporter has not said yet whether it is solved"), "", "now"
    elif matter.status == Status.CHECKING:
        said = _("Reported as done; somebody looks at it by %(when)s") % words
    else:
        said = _("%(who)s handles it by %(when)s") % words
    return said, word, tone


def origin_name(matter: Matter) -> str:
    """Return how the need reached us."""
    return str(Origin(matter.origin).label)


SATISFIED = {
    "yes": gettext_lazy("satisfied"),
    "soso": gettext_lazy("so-so"),
    "no": gettext_lazy("not satisfied"),
}
_OUT = {
    LinkKind.DUPLICATE_OF: gettext_lazy("Merged into"),
    LinkKind.PART_OF: gettext_lazy("Part of"),
    LinkKind.FOLLOWS_FROM: gettext_lazy("Root cause of"),
}
_IN = {
    LinkKind.DUPLICATE_OF: gettext_lazy("Merged into this"),
    LinkKind.PART_OF: gettext_lazy("Part"),
    LinkKind.FOLLOWS_FROM: gettext_lazy("Its root cause is looked into"),
}


def links(matter: Matter, found: Iterable[Link]) -> list[dict[str, object]]:
    """Return the matters that belong to this one, with what they are to it."""
    listed = []
    for link in found:
        out = link.source_id == matter.pk
        other = link.target if out else link.source
        words = (_OUT if out else _IN)[LinkKind(link.kind)]
        tone, shape, status = pill(other)
        listed.append(
            {
                "what": words,
                "url": reverse("matters_office:matter", args=[other.pk]),
                "number": other.number,
                "title": headline(other, 32),
                "who": other.holder.title if other.holder else "",
                "tone": tone,
                "shape": shape,
                "status": status,
            }
        )
    return listed
