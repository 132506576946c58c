"""One-click sign-ins of made-up persons, on demonstrations only."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from liren.people.models import Account

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FIELD = frozenset({"unit", "building", "grid", "department", "institution", "partner"})
COMMUNITY = "220103008003"


def home_of(role: str) -> str:
    """Return the page a demonstration role works on."""
    if role == "resident":
        return f"/c/{COMMUNITY}/"
    return "/field/" if role in FIELD else "/office/"


@require_POST
def demo_sign_in(request: HttpRequest, role: str) -> HttpResponse:
    """Sign in as a made-up person and go where they work.

    404 where there is no demonstration (``settings.DEMO``) or no such role. Only accounts marked
    as demonstration can be opened this way.
    """
    if not settings.DEMO:
        raise Http404
    account = Account.objects.filter(username=f"demo-{role}", demo=True, is_active=True).first()
    if account is None:
        raise Http404
    login(request, account, backend=BACKEND)
    return redirect(home_of(role))
