"""Joining a community's platform, and where one lands after signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from liren.access.limits import SIGN_IN, limited
from liren.access.web import actor_of
from liren.base.errors import Gone, Invalid, NotFound
from liren.look.messages import done
from liren.territory.web import community_at

from .. import actions, consents, hooks
from ..forms import JoinCodeForm, JoinPhoneForm, ProofForm
from ..models import Account
from ..signin import policy, proof
from .parts import beside

PURPOSE = "join"


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Say where joining happens: on the page of one's own community."""
    return render(request, "people/join_where.html")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Go where this person works or lives."""
    actor = actor_of(request)
    account = request.user
    if actor.person is None or not isinstance(account, Account):
        return redirect("/")
    if policy.is_staff(actor):
        return redirect("/office/")
    if actor.posts:
        return redirect("/field/")
    return redirect(f"/c/{account.community}/" if account.community else "/")


@limited(SIGN_IN)
@sensitive_post_parameters("password", "code")
@never_cache
def join(request: HttpRequest, community: str) -> HttpResponse:
    """Join with a phone number, or with a code printed at the office."""
    community_at(request, community)
    if request.user.is_authenticated:
        return redirect(f"/c/{community}/")
    by_phone = hooks.reaches("sms")
    with_code = request.POST.get("way", request.GET.get("way", "")) == "code" or not by_phone
    form: JoinPhoneForm | JoinCodeForm
    status = 200
    if with_code:
        form = JoinCodeForm(request.POST or None)
        if request.method == "POST":
            if form.is_valid():
                answer = _by_code(request, community, form)
                if answer is not None:
                    return answer
            status = 422
    else:
        form = JoinPhoneForm(request.POST or None)
        if request.method == "POST":
            if form.is_valid():
                data = form.cleaned_data
                proof.start(request, channel="sms", target=data["phone"], purpose=PURPOSE)
                request.session["join_name"] = data["name"]
                return redirect("people:join_confirm", community=community)
            status = 422
    return render(
        request,
        "people/join.html",
        {
            "form": form,
            "with_code": with_code,
            "by_phone": by_phone,
            "purpose": consents.get(consents.ACCOUNT),
            "here": "me",
        },
        status=status,
    )


def _by_code(request: HttpRequest, community: str, form: JoinCodeForm) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        account = actions.join_by_code(
            by=actor_of(request),
            community=community,
            code=data["code"],
            username=data["username"],
            password=data["password"],
            name=data["name"],
            agreed=data["agree"],
        )
    except Invalid as error:
        beside(form, error)
        return None
    except (NotFound, Gone) as error:
        form.add_error("code", str(error))
        return None
    return _enter(request, account, community)


def _enter(request: HttpRequest, account: Account, community: str) -> HttpResponse:
    # A second factor is asked for by the library's own sign-in, never skipped here.
    from allauth.account.internal.flows.login import perform_login, record_authentication
    from allauth.account.models import Login

    record_authentication(request, account, method="code")
    url = f"/c/{account.community or community}/me/"
    answer: HttpResponse = perform_login(request, Login(user=account, redirect_url=url))
    return answer


@limited(SIGN_IN)
@never_cache
def join_confirm(request: HttpRequest, community: str) -> HttpResponse:
    """Take the code that came by message; open the account."""
    community_at(request, community)
    running = proof.running(request, PURPOSE)
    if running is None:
        return redirect("people:join", community=community)
    form = ProofForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                proved = proof.finish(request, purpose=PURPOSE, code=form.cleaned_data["code"])
            except Invalid as error:
                beside(form, error)
            else:
                account = actions.join_by_phone(
                    by=actor_of(request),
                    community=community,
                    phone=proved.target,
                    name=request.session.pop("join_name", ""),
                    agreed=True,
                )
                done(request, _("Welcome."))
                return _enter(request, account, community)
        status = 422
    return render(
        request,
        "people/join_confirm.html",
        {"form": form, "target": running.target, "here": "me"},
        status=status,
    )
