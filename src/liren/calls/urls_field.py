"""Addresses of calls on the stairs."""

from django.urls import path

from .views import calling

app_name = "calls_field"
urlpatterns = [
    path("field/calls/", calling.field_list, name="list"),
    path("field/calls/new/", calling.field_new, name="new"),
    path("field/calls/reach/", calling.reach, name="reach"),
    path("field/calls/<uuid:call>/", calling.field_call, name="call"),
    path("field/calls/<uuid:call>/live/", calling.field_live, name="live"),
    path("field/calls/<uuid:call>/poster/", calling.poster, name="poster"),
    path("field/calls/<uuid:call>/<slug:verb>/", calling.field_act, name="act"),
]
