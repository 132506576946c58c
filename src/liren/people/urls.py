"""Addresses of signing in and of people's pages."""

from allauth.account import views as account
from django.urls import path

from liren.territory import web as _web  # noqa: F401  registers <community:…>

from .views import demo, join

app_name = "people"
urlpatterns = [
    path("demo/sign-in/<slug:role>/", demo.demo_sign_in, name="demo_sign_in"),
    # The same pages as account_login and account_logout, under our own names.
    path("accounts/login/", account.login, name="sign_in"),
    path("accounts/logout/", account.logout, name="sign_out"),
    path("accounts/home/", join.home, name="home"),
    path("c/<community:community>/join/", join.join, name="join"),
    path("c/<community:community>/join/code/", join.join_confirm, name="join_confirm"),
]
