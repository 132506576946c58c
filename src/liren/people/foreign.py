"""The personal fields of tables that are not ours: what django-allauth keeps."""

from django.utils.translation import gettext_lazy as _

from .declarations import Basis, Field, Reader, Rows, Then, declare_foreign

_SELF = (Reader.SELF,)


def declare() -> None:
    """Declare them; called as the app starts."""
    declare_foreign(
        "account.emailaddress",
        personal={
            "user": Field(_("know who signs in"), Basis.CONSENT, _SELF, 0),
            "email": Field(
                _("sign in and inform the person"), Basis.CONSENT, _SELF, 0, sensitive=True
            ),
        },
        impersonal="verified primary",
        rows=Rows(of=("user__person",), then=Then.DELETE),
    )
    declare_foreign(
        "mfa.authenticator",
        personal={
            "user": Field(_("know who signs in"), Basis.CONSENT, _SELF, 0),
            "data": Field(_("sign in"), Basis.CONSENT, (Reader.NOBODY,), 0, sensitive=True),
            "created_at": Field(_("sign in"), Basis.CONSENT, _SELF, 0),
            "last_used_at": Field(_("notice strange sign-ins"), Basis.DUTY, _SELF, 0),
        },
        impersonal="type",
        rows=Rows(of=("user__person",), then=Then.DELETE),
    )
    declare_foreign(
        "socialaccount.socialaccount",
        personal={
            "user": Field(_("know who signs in"), Basis.CONSENT, _SELF, 0),
            "uid": Field(_("sign in"), Basis.CONSENT, _SELF, 0),
            "extra_data": Field(_("sign in"), Basis.CONSENT, _SELF, 0),
        },
        impersonal="provider last_login date_joined",
        rows=Rows(of=("user__person",), then=Then.DELETE),
    )
