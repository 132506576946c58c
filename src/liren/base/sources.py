"""Lists that can be filled into somebody's form: each app registers its own as it starts.

A source names its fields and yields rows of plain values for an actor. It asks the gate itself:
only what the actor may see, persons masked. Whoever fills a form knows sources only, never the
apps behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Query = Mapping[str, str]
"""The filters of the list as they stand in its address."""


@dataclass(frozen=True, slots=True)
class SourceField:
    """One value of a row. ``names``: what forms from above call it, for suggestions.

    ``personal``: masked unless it is unmasked with a reason.
    """

    key: str
    label: StrOrPromise
    names: tuple[str, ...] = ()
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A list. ``rows(actor, query, most)`` yields at most ``most`` + 1 mappings by field key.

    ``permission``: who may read it at all. ``list_url``: the URL name of the page with its filters,
    "" when there is none. ``unmask(actor, rows, reason)`` fills the personal fields of rows that
    carry their key under "_key", in place, logging each; None when nothing can be unmasked.

    """

    key: str
    label: StrOrPromise
    fields: tuple[SourceField, ...]
    rows: Callable[[Any, Query, int], Iterable[dict[str, Any]]]
    permission: str
    list_url: str = ""
    unmask: Callable[[Any, list[dict[str, Any]], str], None] | None = None
    unmask_permission: str = ""


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Offer a list; registering the same key again replaces it."""
    _sources[source.key] = source


def unregister(key: str) -> None:
    """Take a list back; for tests."""
    _sources.pop(key, None)


def all_sources() -> list[Source]:
    """Return every list in the order of registration."""
    return list(_sources.values())


def source(key: str) -> Source | None:
    """Return the list of this key, None when no app offers it (any more)."""
    return _sources.get(key)
