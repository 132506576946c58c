"""One transaction a request, one actor, one range of codes the database lets through."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace

from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from liren.access import limits, receipts, rls
from liren.access.actor import Actor, anonymous
from liren.access.web import resolve as resolve_actor
from liren.base import clock
from liren.base.errors import Refused
from liren.look.errors import error_page, refused
from liren.organisation.queries import actor_for
from liren.people.models import Mandate
from liren.people.signin.policy import ACTING_FOR, STOP

log = logging.getLogger(__name__)
COMMUNITY_PATH = re.compile(r"^/c/([0-9]{12})(?:/|$)")
GetResponse = Callable[[HttpRequest], HttpResponse]


def find_actor(request: HttpRequest) -> Actor:
    """Return who is asking: a link, a signed-in person (perhaps under a mandate), or nobody.

    Grants are computed for each request from terms that run today; whoever's term ended has lost
    them, also in an open session. Whoever has no session cookie costs no statement.
    """
    match = COMMUNITY_PATH.match(request.path_info)
    home = match.group(1) if match else ""
    known = resolve_actor(request)
    if known is not None:
        return replace(known, home=home) if home else known
    opened = frozenset(receipts.opened(request))
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return replace(anonymous(home), matters=opened)
    user = request.user
    if not user.is_authenticated or user.person_id is None:
        return replace(anonymous(home), matters=opened)
    actor = actor_for(user.person_id, home=home)
    grantor = request.session.get(ACTING_FOR)
    if home and grantor:
        valid = (
            Mandate.objects.filter(
                grantor=grantor,
                agent=actor.person,
                revoked_at__isnull=True,
                until__gte=clock.today(),
                scopes__contains=["matters"],
            )
            .values_list("grantor", "grantor__name")
            .first()
        )
        if valid:
            # Every page says so, also one that refuses and may read nothing itself.
            grantor, name = valid
            request.acting_name = name  # type: ignore[attr-defined]  # read where pages are drawn
            request.acting_stop = f"/c/{home}{STOP}"  # type: ignore[attr-defined]  # as above
            # Whoever acts for somebody does so as a neighbour, without the powers of a post.
            return replace(
                actor, acting_for=grantor, posts=frozenset(), grants=(), matters=frozenset()
            )
    return replace(actor, matters=opened)


class ActorMiddleware:
    """Install ``request.actor`` and run the view in one transaction under row-level security.

    A refusal (``Refused``) or any error rolls everything back: nothing is half-written. When the
    database is away the answer is 503; what was typed stays on the person's phone.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Run the rest of the request in its transaction."""
        if request.path_info.startswith(("/static/", "/healthz")):
            return self.get_response(request)
        if "\x00" in request.path_info:
            # No address has one, and the database refuses to look for it.
            return error_page(request, status=404)
        try:
            # Who asks is read before the transaction: sessions, accounts and terms are under no
            # policy, and the transaction then begins as the serving role.
            _limit(request)
            actor = find_actor(request)
            request.actor = actor  # type: ignore[attr-defined]  # read through access.web.actor_of
            low, high = rls.scope_of(actor)
            with rls.scope(low, high):
                response = self.get_response(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
        except (OperationalError, InterfaceError) as error:
            return away(request, error)
        except Refused as error:
            # From the limits; a view's refusals are answered inside its transaction.
            return refused(request, error)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a refusal into its page; roll back whatever was written."""
        if isinstance(exception, (ImmediateHttpResponse, ReauthenticationRequired)):
            # Not a failure: how signing in sends somebody to another page first.
            return None
        if transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)
        if isinstance(exception, (OperationalError, InterfaceError)):
            return away(request, exception)
        if isinstance(exception, Refused):
            return refused(request, exception)
        return None


def _limit(request: HttpRequest) -> None:
    """Count the request on its view's limit, before and outside the transaction."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return
    limits.check(request, match.func)


def away(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return 503: the database is away or too busy; what was typed is kept on the phone."""
    log.error("database away or locked: %s", type(error).__name__)
    return error_page(request, status=503)
