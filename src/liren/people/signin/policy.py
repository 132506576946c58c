"""The session policy for staff, and the honest end of a mandate.

Staff are those whose posts open other people's data. Their sessions end when left alone and after
a working day, they need a second factor, and their password is renewed (GB/T 22239-2019, 8.1.4.1;
numbers in the settings). Residents stay signed in for a month: a grandmother who must sign in each
time stops coming. Nothing here is shown to anybody or kept longer than the session (G2).
"""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.web import actor_of
from liren.base import clock
from liren.base.errors import Changed

from ..models import Account

STAFF = (
    Permission.PEOPLE_VIEW,
    Permission.MATTER_DISPATCH,
    Permission.MATTER_DECIDE,
    Permission.AUDIT_READ,
    Permission.SHEET_EXPORT,
)
ACTING_FOR = "acting_for"
STOP = "/me/acting/stop/"  # stopping what has stopped already is no mistake
BEGAN, LEFT, SECOND = "staff_began", "staff_left", "staff_second"
# Pages that must stay open to whoever has to put things right.
FREE = ("/accounts/", "/static/", "/theme/", "/size/", "/demo/")


def is_staff(actor: Actor) -> bool:
    """Tell whether the actor's posts open other people's data."""
    return any(actor.has(permission) for permission in STAFF)


class PolicyMiddleware:
    """Hold the session policy; runs inside the actor's middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through, or send it where the policy asks."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        actor = actor_of(request)
        if actor.person is None:
            return self.get_response(request)
        ended = self._mandate_ended(request, actor)
        if ended is not None:
            return ended
        if is_staff(actor):
            answer = self._staff(request)
            if answer is not None:
                return answer
        return self.get_response(request)

    def _mandate_ended(self, request: HttpRequest, actor: Actor) -> HttpResponse | None:
        # On a community's page with a mandate in the session that no longer runs: nothing may be
        # sent in one's own name by somebody who believes to act for another.
        if not actor.home or actor.acting_for or not request.session.get(ACTING_FOR):
            return None
        del request.session[ACTING_FOR]
        said = _("The mandate has ended. You are here in your own name again.")
        if request.method not in ("GET", "HEAD") and not request.path_info.endswith(STOP):
            from liren.look.errors import refused

            return refused(request, Changed(said))
        messages.warning(request, said)
        return None

    def _staff(self, request: HttpRequest) -> HttpResponse | None:
        now = int(clock.now().timestamp())
        session = request.session
        began, left = session.get(BEGAN, now), session.get(LEFT, now)
        idle = now - left > settings.LIREN_STAFF_IDLE_MINUTES * 60
        if idle or now - began > settings.LIREN_STAFF_SESSION_HOURS * 3600:
            logout(request)
            messages.info(request, _("You were signed out because nobody was there for a while."))
            return redirect(f"{settings.LOGIN_URL}?next={request.path}")
        if BEGAN not in session:
            session[BEGAN] = now
        if LEFT not in session or now - left >= 60:
            session[LEFT] = now
        if request.path_info.startswith(FREE):
            return None
        account = request.user
        assert isinstance(account, Account)
        if account.demo:
            return None
        return self._second_factor(request, account) or self._password(request, account)

    def _second_factor(self, request: HttpRequest, account: Account) -> HttpResponse | None:
        if not settings.LIREN_STAFF_SECOND_FACTOR or request.session.get(SECOND):
            return None
        if is_mfa_enabled(account):
            # With one set up, signing in went through it.
            request.session[SECOND] = True
            return None
        messages.warning(
            request, _("Your post opens other people's data: please add a second factor first.")
        )
        return redirect("mfa_index")

    def _password(self, request: HttpRequest, account: Account) -> HttpResponse | None:
        days = settings.LIREN_STAFF_PASSWORD_DAYS
        if not days or not account.has_usable_password():
            return None
        changed = account.password_changed_at or account.date_joined
        if (clock.now() - changed).days < days:
            return None
        messages.warning(request, _("Your password is old: please choose a new one."))
        return redirect("account_change_password")
