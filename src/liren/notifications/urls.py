"""Addresses of one's own messages."""

from django.urls import path

from liren.territory import web as _web  # noqa: F401  registers <community:…>

from . import views

app_name = "notifications"
urlpatterns = [
    path("c/<community:community>/me/messages/", views.inbox, name="inbox"),
    path("c/<community:community>/me/reach/", views.reach, name="reach"),
]
