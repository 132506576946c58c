"""The actor on a request, and how other layers say who that is."""

from collections.abc import Callable

from django.http import HttpRequest

from .actor import Actor, anonymous

Resolver = Callable[[HttpRequest], Actor | None]

_resolvers: list[Resolver] = []


def register_resolver(resolver: Resolver) -> None:
    """Add a way to know an actor from a request (a one-tap link, an API token …).

    The first resolver that returns an actor wins; returning None passes on. Called when apps start.
    """
    if resolver not in _resolvers:
        _resolvers.append(resolver)


def resolve(request: HttpRequest) -> Actor | None:
    """Ask the registered resolvers in turn."""
    for resolver in _resolvers:
        actor = resolver(request)
        if actor is not None:
            return actor
    return None


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor the middleware found; anonymous when it did not run."""
    actor = getattr(request, "actor", None)
    return actor if isinstance(actor, Actor) else anonymous()
