"""Links that lead up the layers: from a matter to a topic, from a gap to a call.

An app that offers a next step for a kind of thing registers a provider as it starts; the page of
the thing shows whatever is offered, and neither app imports the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class NextStep:
    """One link or button. `method` "post" makes it a form with one button.

    `order`: smaller comes first (then the order of registration). `hint`: one sentence under it.
    """

    label: StrOrPromise
    url: str
    icon: str = ""
    hint: StrOrPromise = ""
    method: Literal["get", "post"] = "get"
    order: int = 100


Provider = Callable[[Any, Any], Iterable[NextStep]]
"""Called as provider(actor, thing). It asks the gate itself and yields only what is allowed."""

_providers: dict[str, list[Provider]] = {}


def kind_of(thing: object) -> str:
    """The kind a thing is registered under: "app.model" for a model instance, else `thing.kind`."""
    meta = getattr(thing, "_meta", None)
    return str(meta.label_lower if meta is not None else thing.kind)  # type: ignore[attr-defined]  # things that are no models say their kind


def register(kind: str, provider: Provider) -> None:
    """Let `provider` offer steps for things of `kind` ("matters.matter"). Twice is once."""
    known = _providers.setdefault(kind.lower(), [])
    if provider not in known:
        known.append(provider)


def unregister(kind: str, provider: Provider) -> None:
    """Take a provider back; for tests."""
    _providers.get(kind.lower(), []).remove(provider)


def next_steps(actor: Any, thing: object) -> list[NextStep]:
    """What `actor` could do next with `thing`, best first. A provider's error is not swallowed."""
    found = [
        step for provider in _providers.get(kind_of(thing), ()) for step in provider(actor, thing)
    ]
    return sorted(found, key=lambda step: step.order)
