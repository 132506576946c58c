"""What calls are mostly about: each with words to begin with, which the caller may change."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .enums import Said

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. ``answers`` are the taps it offers, in their order, in its own words."""

    key: str
    label: Words
    icon: str
    title: Words
    text: Words
    open_for: timedelta
    answers: dict[Said, Words]
    roles: tuple[tuple[Words, int], ...] = ()
    needed: int | None = None
    urgent: bool = False
    where: Words = ""


_COME: dict[Said, Words] = {
    Said.COMING: _("I am coming"),
    Said.CANNOT: _("I cannot"),
    Said.ALREADY: _("Done already"),
}

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            key="snow",
            label=_("Snow to shovel"),
            icon="tool",
            title=_("Snow to shovel: whoever can, come along"),
            text=_("Bring a shovel if you have one. Half an hour helps; nobody has to."),
            open_for=timedelta(hours=6),
            answers=_COME,
            roles=((_("shovel"), 6), (_("bring hot water"), 2)),
            where=_("at the entrance of the compound"),
        ),
        Kind(
            key="fire_lane",
            label=_("Cars to move for the fire engine"),
            icon="alert",
            title=_("Please move the cars: the fire engine must get through"),
            text=_("The fire lane is blocked. Please move your car now, or call whose car it is."),
            open_for=timedelta(hours=1),
            answers={
                Said.COMING: pgettext_lazy("car", "I am moving mine"),
                Said.ALREADY: pgettext_lazy("car", "Moved already"),
                Said.CANNOT: pgettext_lazy("car", "I cannot move it"),
            },
            urgent=True,
        ),
        Kind(
            key="water_off",
            label=_("Water is off"),
            icon="bell",
            title=_("The water is off: please keep some and tell your neighbours"),
            text=_("Please knock at the doors of neighbours who may not read this."),
            open_for=timedelta(hours=12),
            answers={
                Said.ALREADY: _("I know, and tell my neighbours"),
                Said.COMING: _("I help to carry water"),
                Said.CANNOT: _("I cannot"),
            },
        ),
        Kind(
            key="blood",
            label=_("Blood drive"),
            icon="heart",
            title=_("Blood drive: whoever wants to give is welcome"),
            text=_("Giving is voluntary. Please eat and sleep well before, and bring your card."),
            open_for=timedelta(days=3),
            answers=_COME,
            needed=20,
            where=_("at the community service station"),
        ),
        Kind(
            key="other",
            label=pgettext_lazy("call", "Something else"),
            icon="megaphone",
            title="",
            text="",
            open_for=timedelta(hours=12),
            answers=_COME,
        ),
    )
}


def kind_of(key: str) -> Kind:
    """Return a kind; one that is no longer there reads as "something else"."""
    return KINDS.get(key, KINDS["other"])
