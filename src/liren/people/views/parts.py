"""What several of people's views use."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from liren.access.web import actor_of
from liren.base.errors import Invalid

from ..models import Account

View = Callable[..., HttpResponse]


def beside(form: forms.Form, error: Invalid) -> None:
    """Put an action's refusals beside the fields they are about."""
    for name, said in error.fields.items():
        for one in said:
            form.add_error(name if name in form.fields else None, str(one))
    if not error.fields:
        form.add_error(None, str(error))


def signed_in(view: View) -> View:
    """Ask for signing in; send whoever lives elsewhere to their own community's pages."""
    return _signed_in(view, anywhere=False)


def signed_in_anywhere(view: View) -> View:
    """Ask for signing in; stay in this community, wherever the person lives."""
    return _signed_in(view, anywhere=True)


def _signed_in(view: View, *, anywhere: bool) -> View:
    @wraps(view)
    def inner(request: HttpRequest, community: str, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = actor_of(request)
        account = request.user
        if actor.person is None or not isinstance(account, Account):
            return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
        elsewhere = actor.acting_for is None and account.community not in ("", community)
        if elsewhere and not anywhere and request.method in ("GET", "HEAD"):
            own = request.get_full_path().replace(f"/c/{community}/", f"/c/{account.community}/", 1)
            return redirect(own)
        return view(request, community, *args, **kwargs)

    return inner
