"""Addresses of meetings for members and, where they are public, for everybody."""

from django.urls import path

from liren.territory import web as _converters  # noqa: F401 -- registers <community:…>

from . import views_portal

app_name = "meetings_portal"
urlpatterns = [
    path("c/<community:community>/meetings/", views_portal.listed, name="list"),
    path("c/<community:community>/meetings/<uuid:pk>/", views_portal.one, name="one"),
]
