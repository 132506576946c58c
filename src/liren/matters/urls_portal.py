"""Addresses of the resident's matters."""

from django.urls import path

from liren.territory import web as _converters  # noqa: F401 -- registers <community:…>

from .views import portal, report

app_name = "matters"
_ONE = "c/<community:community>/matters/<uuid:matter>/"
urlpatterns = [
    path("q/<slug:tag>/", report.poster, name="poster"),
    path("c/<community:community>/report/", report.report, name="report"),
    path("c/<community:community>/report/place/", report.choose_place, name="place"),
    path("c/<community:community>/report/map/", report.map_data, name="map"),
    path("c/<community:community>/report/hints/", report.hints, name="hints"),
    path("c/<community:community>/lookup/", portal.lookup, name="lookup"),
    path("c/<community:community>/matters/", portal.matters, name="matters"),
    path(_ONE, portal.matter, name="matter"),
    path(f"{_ONE}receipt/", report.receipt, name="receipt"),
    path(f"{_ONE}code/", report.new_code, name="new_code"),
    path(f"{_ONE}remind/", portal.remind, name="remind"),
    path(f"{_ONE}add/", portal.add, name="add"),
    path(f"{_ONE}withdraw/", portal.withdraw, name="withdraw"),
    path(f"{_ONE}answer/", portal.answer, name="answer"),
    path(f"{_ONE}reopen/", portal.reopen, name="reopen"),
    path(f"{_ONE}rate/", portal.rate, name="rate"),
    path(f"{_ONE}follow/", portal.follow, name="follow"),
    path(f"{_ONE}unfollow/", portal.unfollow, name="unfollow"),
    path(f"{_ONE}photos/<uuid:photo>/<str:size>/", portal.photo, name="photo"),
]
