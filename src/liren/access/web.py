"""The actor on a request, and how other layers say who that is."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from liren.base.errors import NotAllowed

from .actor import Actor, Kind, anonymous

Resolver = Callable[[HttpRequest], Actor | None]
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

Explainer = Callable[[Actor], str]

_resolvers: list[Resolver] = []
_explainers: list[Explainer] = []


def register_resolver(resolver: Resolver) -> None:
    """Add a way to know an actor from a request (a one-tap link, an API token …).

    The first resolver that returns an actor wins; returning None passes on. Called when apps start.
    """
    if resolver not in _resolvers:
        _resolvers.append(resolver)


def register_explainer(explainer: Explainer) -> None:
    """Add a way to say why somebody may not open a page ("" when it knows nothing).

    Called when apps start; asked only once the page has been refused.
    """
    if explainer not in _explainers:
        _explainers.append(explainer)


def why_not(actor: Actor) -> str | None:
    """Return why this actor may not open a page, in words for them; None for the usual words."""
    return next((said for one in _explainers if (said := one(actor))), None)


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


def needs(*permissions: str) -> "Callable[[View[P]], View[P]]":
    """Open a view to whoever holds one of the permissions anywhere; what it does asks the gate
    again for the place.

    Somebody who has not signed in is sent to sign in when they only look, and refused otherwise.
    """

    def decorate(view: "View[P]") -> "View[P]":
        @wraps(view)
        def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            actor = actor_of(request)
            if not any(actor.has(permission) for permission in permissions):
                if actor.kind is Kind.ANONYMOUS and request.method in ("GET", "HEAD"):
                    return redirect_to_login(request.get_full_path())
                raise NotAllowed(why_not(actor))
            return view(request, *args, **kwargs)

        return cast("View[P]", inner)

    return decorate
