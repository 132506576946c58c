"""Addresses of calls at the desk, below /office/."""

from django.urls import path

from .views import calling

app_name = "calls_office"
urlpatterns = [
    path("calls/", calling.office_list, name="list"),
    path("calls/new/", calling.office_new, name="new"),
    path("calls/reach/", calling.reach, name="reach"),
    path("calls/<uuid:call>/", calling.office_call, name="call"),
    path("calls/<uuid:call>/live/", calling.office_live, name="live"),
    path("calls/<uuid:call>/<slug:verb>/", calling.office_act, name="act"),
]
