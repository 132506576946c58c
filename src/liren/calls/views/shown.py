"""What several screens of calls show."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from liren.base.humanise import say_both

from .. import queries
from ..enums import Said, State
from ..kinds import kind_of
from ..models import Answer, Call

TONES = {State.RUNNING: "now", State.CLOSED: "ok", State.WITHDRAWN: "off"}
ICONS = {Said.COMING: "check", Said.CANNOT: "close", Said.ALREADY: "state-done"}


@dataclass(frozen=True, slots=True)
class Tap:
    """One answer that can be tapped."""

    said: str
    role: int
    label: str | Promise
    icon: str
    chosen: bool
    main: bool


def taps(call: Call, mine: Answer | None) -> list[Tap]:
    """Return the answers a call offers; coming once for each role."""
    kind, roles = kind_of(call.kind), queries.roles_of(call)
    found: list[Tap] = []

    def add(said: Said, role: int, label: str | Promise) -> None:
        chosen = mine is not None and mine.said == said and mine.role == role
        found.append(Tap(said.value, role, label, ICONS[said], chosen, not found))

    for said, label in kind.answers.items():
        if said is Said.COMING and roles:
            for number, role in enumerate(roles, 1):
                add(said, number, f"{label} · {role.name}")
        else:
            add(said, 0, label)
    return found


def said_by_me(call: Call, mine: Answer | None) -> str:
    """Return one's own answer in words; "" without one."""
    chosen = next((tap.label for tap in taps(call, mine) if tap.chosen), "")
    return str(chosen)


def line(call: Call) -> dict[str, Any]:
    """Return a call as one row of a list."""
    return {
        "call": call,
        "kind": kind_of(call.kind),
        "tone": TONES[State(call.state)],
        "word": State(call.state).label,
    }


def when_said(call: Call) -> str:
    """Return when and where to come, as one line."""
    at = call.at or (None if call.running else call.made_at)
    said = say_both(at)[0] if at else _("now")
    return " · ".join(part for part in (str(said), call.where) if part)
