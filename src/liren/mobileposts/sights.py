"""What can be told with two taps: few things, big enough to hit with a glove."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing to tell of: its key, what it says, the shipped category it goes to."""

    key: str
    label: "StrOrPromise"
    category: str
    icon: str


SIGHTS: tuple[Sight, ...] = (
    Sight("road", _("The road is broken"), "safety.pit", "tool"),
    Sight("blocked", _("A way is blocked"), "safety.fire", "alert"),
    Sight("help", _("Somebody needs help"), "neighbours.help", "heart"),
    Sight("ebike", _("An e-bike stands wrong"), "safety.ebike", "flag"),
    Sight("other", _("Something else"), "", "more"),
)


def sight(key: str) -> Sight | None:
    """Return what a key means; None for an unknown one."""
    return next((one for one in SIGHTS if one.key == key), None)
