"""Addresses of mobile posts: couriers' two taps, and the desk's count and poster."""

from django.urls import path

from liren.territory import web as _converters  # noqa: F401 -- registers <community:…>

from . import views

app_name = "mobileposts"
_HERE = "c/<community:community>/mobile/"
urlpatterns = [
    path(_HERE, views.tell, name="tell"),
    path(f"{_HERE}join/", views.join, name="join"),
    path(f"{_HERE}leave/", views.leave, name="leave"),
    path(f"{_HERE}thanks/<uuid:matter>/", views.thanks, name="thanks"),
    path("office/mobile/", views.overview, name="overview"),
    path("office/mobile/poster/<community:code>/", views.poster, name="poster"),
]
