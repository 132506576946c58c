"""Addresses of signing in and of people's pages."""

from allauth.account import views as account
from django.urls import include, path

from liren.territory import web as _web  # noqa: F401  registers <community:…>

from .views import contact, demo, join, mandates, me

app_name = "people"
own = [
    path("", me.me, name="me"),
    path("data/", me.data, name="data"),
    path("data/take-away.<slug:form>", me.take_away, name="take_away"),
    path("data/delete/", me.delete, name="delete"),
    path("data/correct/<slug:field>/", me.correct, name="correct"),
    path("data/requests/<uuid:asked>/take-back/", me.take_back_request, name="request_take_back"),
    path("log/", me.log, name="log"),
    path("consents/", me.consent_list, name="consents"),
    path("consents/<uuid:consent>/withdraw/", me.consent_withdraw, name="consent_withdraw"),
    path("display/", me.display, name="display"),
    path("household/", me.household, name="household"),
    path("household/<uuid:residence>/leave/", me.leave, name="household_leave"),
    path("household/claims/<uuid:claim>/take-back/", me.take_back_claim, name="claim_take_back"),
    path("security/", me.security, name="security"),
    path("security/<slug:what>/", contact.change, name="contact"),
    path("security/<slug:what>/confirm/", contact.confirm, name="contact_confirm"),
    path("mandates/", mandates.mandates, name="mandates"),
    path("mandates/accept/", mandates.accept, name="mandate_accept"),
    path("mandates/done/", mandates.done_for_me, name="mandates_done"),
    path("mandates/offers/<uuid:offer>/", mandates.accept_offer, name="offer_accept"),
    path("mandates/offers/<uuid:offer>/take-back/", mandates.take_back, name="offer_take_back"),
    path("mandates/<uuid:mandate>/revoke/", mandates.revoke, name="mandate_revoke"),
    path("mandates/<uuid:mandate>/act/", mandates.act_for, name="act_for"),
    path("acting/stop/", mandates.stop_acting, name="stop_acting"),
]
urlpatterns = [
    path("demo/sign-in/<slug:role>/", demo.demo_sign_in, name="demo_sign_in"),
    # The same pages as account_login and account_logout, under our own names.
    path("accounts/login/", account.login, name="sign_in"),
    path("accounts/logout/", account.logout, name="sign_out"),
    path("accounts/home/", join.home, name="home"),
    path("c/<community:community>/join/", join.join, name="join"),
    path("c/<community:community>/join/code/", join.join_confirm, name="join_confirm"),
    path("c/<community:community>/me/", include(own)),
]
