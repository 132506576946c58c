"""Addresses of the residents' face."""

from django.urls import path

from liren.territory import web as _converters  # noqa: F401 -- registers <community:…>

from . import views

app_name = "portal"
urlpatterns = [
    path("", views.landing, name="landing"),
    path("c/<community:community>/", views.home, name="home"),
    path("c/<community:community>/leaders/", views.leaders, name="leaders"),
    path("c/<community:community>/talk/", views.talk, name="talk"),
    path("c/<community:community>/services/", views.services, name="services"),
]
