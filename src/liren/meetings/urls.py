"""Addresses of meetings at the desk, below /office/."""

from django.urls import path

from . import views

app_name = "meetings"
_ONE = "meetings/<uuid:pk>/"
urlpatterns = [
    path("meetings/", views.overview, name="overview"),
    path("meetings/new/", views.new, name="new"),
    path(_ONE, views.one, name="one"),
    path(f"{_ONE}move/", views.move, name="move"),
    path(f"{_ONE}call-off/", views.call_off, name="call_off"),
    path(f"{_ONE}attendance/", views.attendance, name="attendance"),
    path(f"{_ONE}decisions/", views.decide, name="decide"),
    path(f"{_ONE}minutes/", views.minutes, name="minutes"),
    path(f"{_ONE}confirm/", views.confirm, name="confirm"),
    path(f"{_ONE}print/<slug:what>/", views.printed, name="print"),
    path("meetings/decision/<uuid:decision>/strike/", views.strike, name="strike"),
    path("meetings/decision/<uuid:decision>/matter/", views.matter, name="matter"),
]
