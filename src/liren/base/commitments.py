"""What somebody has promised to do, at a place or for a project: each app tells of its own (D1).

An app registers a provider as it starts; the page of a place gathers what all of them tell, and
no app needs to know another. A provider asks the gate itself. Whoever is named is an organisation
or a post, never a private person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class State(StrEnum):
    """How far a promise is."""

    PROMISED = "promised"
    UNDER_WAY = "under_way"
    DELIVERED = "delivered"  # said by whoever promised
    CONFIRMED = "confirmed"  # said by whoever received
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Commitment:
    """One promise: who gives what to whom by when, and how far it is.

    ``place_code``: where. ``project``: an identity shared by promises of one project, "" for none.
    """

    who: str
    what: StrOrPromise
    state: State
    place_code: str
    due: date | None = None
    since: date | None = None
    url: str = ""
    project: str = ""
    project_name: str = ""


Provider = Callable[[Any, str, int], Iterable[Commitment]]
"""Called as provider(actor, code, most): promises at the place ``code`` and all below it."""

_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Let an app tell of its promises under a name of its own. Twice is once."""
    _providers[name] = provider


def commitments(actor: Any, code: str, most: int = 200) -> list[Commitment]:
    """Return what everybody has promised there, the earliest date first, undated last.

    At most ``most`` from each app. A provider's error is not swallowed.
    """
    found = [one for provider in _providers.values() for one in provider(actor, code, most)]
    return sorted(found, key=lambda one: (one.due is None, one.due or date.max, one.who))
