"""Addresses of signing in and of people's pages."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from .views import demo

app_name = "people"
urlpatterns = [
    path("demo/sign-in/<slug:role>/", demo.demo_sign_in, name="demo_sign_in"),
    path("accounts/login/", LoginView.as_view(template_name="people/sign_in.html"), name="sign_in"),
    path("accounts/logout/", LogoutView.as_view(), name="sign_out"),
]
