"""Addresses of calls for whom they ask."""

from django.urls import path

from liren.territory import web as _converters  # noqa: F401 -- registers <community:…>

from .views import receiving

app_name = "calls"
urlpatterns = [
    path("calls/<uuid:call>/", receiving.open_call, name="open"),
    path("r/<str:token>/", receiving.tap, name="tap"),
    path("c/<community:community>/calls/<uuid:call>/", receiving.portal, name="call"),
    path("c/<community:community>/me/calls/", receiving.opt, name="opt"),
]
