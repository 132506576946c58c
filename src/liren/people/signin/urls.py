"""The library's pages we use, under the names it looks for; the others do not exist here."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

from liren.access.limits import SIGN_IN, SMALL, limited

from ..views import join

urlpatterns = [
    path("accounts/login/", limited(SIGN_IN)(account.login), name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/join/", join.choose, name="account_signup"),
    path(
        "accounts/code/",
        limited(SIGN_IN)(account.request_login_code),
        name="account_request_login_code",
    ),
    path(
        "accounts/code/confirm/",
        limited(SIGN_IN)(account.confirm_login_code),
        name="account_confirm_login_code",
    ),
    path(
        "accounts/again/", limited(SIGN_IN)(account.reauthenticate), name="account_reauthenticate"
    ),
    path(
        "accounts/password/",
        limited(SIGN_IN)(account.password_change),
        name="account_change_password",
    ),
    path("accounts/password/set/", account.password_set, name="account_set_password"),
    path("accounts/second/", mfa.index, name="mfa_index"),
    path("accounts/second/enter/", limited(SIGN_IN)(mfa.authenticate), name="mfa_authenticate"),
    path("accounts/second/again/", limited(SIGN_IN)(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("accounts/second/app/", limited(SMALL)(totp.activate_totp), name="mfa_activate_totp"),
    path("accounts/second/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("accounts/second/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "accounts/second/codes/new/",
        recovery.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "accounts/second/codes/download/",
        recovery.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("accounts/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("accounts/passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("accounts/passkeys/<int:pk>/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path(
        "accounts/passkeys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"
    ),
    path(
        "accounts/passkeys/again/",
        limited(SIGN_IN)(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "accounts/passkeys/enter/",
        limited(SIGN_IN)(webauthn.login_webauthn),
        name="mfa_login_webauthn",
    ),
]
