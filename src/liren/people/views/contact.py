"""Adding a phone number or an e-mail to one's account: proved before it is kept."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from liren.access.limits import SIGN_IN, limited
from liren.access.web import actor_of
from liren.base.errors import Invalid, NotFound
from liren.base.identifiers import normalise_phone
from liren.look.messages import done

from .. import actions, hooks
from ..actions.core import own
from ..forms import ContactForm, ProofForm
from ..models import Account
from ..signin import proof
from .parts import beside, signed_in

CHANNELS = {"phone": "sms", "email": "email"}


@limited(SIGN_IN)
@signed_in
@never_cache
def change(request: HttpRequest, community: str, what: str) -> HttpResponse:
    """Ask for the new number or address and send a code there."""
    if what not in CHANNELS:
        raise NotFound
    own(actor_of(request))
    form = ContactForm(request.POST or None, what=what)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                target = _clean(what, form.cleaned_data["target"])
                proof.start(request, channel=CHANNELS[what], target=target, purpose=what)
            except Invalid as error:
                beside(form, error)
            else:
                return redirect("people:contact_confirm", community=community, what=what)
        status = 422
    return render(
        request,
        "people/contact.html",
        {"form": form, "what": what, "reaches": hooks.reaches(CHANNELS[what]), "here": "me"},
        status=status,
    )


def _clean(what: str, typed: str) -> str:
    if what == "phone":
        try:
            return normalise_phone(typed)
        except Invalid as error:
            raise Invalid(fields={"target": str(error)}) from None
    try:
        validate_email(typed.strip())
    except ValidationError:
        raise Invalid(fields={"target": _("Please enter an e-mail address.")}) from None
    return typed.strip().lower()


@limited(SIGN_IN)
@signed_in
@never_cache
def confirm(request: HttpRequest, community: str, what: str) -> HttpResponse:
    """Take the code; keep the number or address."""
    if what not in CHANNELS:
        raise NotFound
    own(actor_of(request))
    running = proof.running(request, what)
    if running is None:
        return redirect("people:contact", community=community, what=what)
    account = request.user
    assert isinstance(account, Account)
    form = ProofForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                proved = proof.finish(request, purpose=what, code=form.cleaned_data["code"])
                if what == "phone":
                    actions.confirm_phone(account=account, phone=proved.target)
                else:
                    actions.confirm_email(account=account, email=proved.target)
            except Invalid as error:
                beside(form, error)
            else:
                done(request, _("Kept."))
                return redirect("people:security", community=community)
        status = 422
    return render(
        request,
        "people/join_confirm.html",
        {"form": form, "target": running.target, "what": what, "here": "me"},
        status=status,
    )
