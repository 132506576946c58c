"""Everybody's addresses of partners."""

from django.urls import path

from .views import portal

app_name = "partners"
_HERE = "c/<community:community>/partners/"
urlpatterns = [
    path(_HERE, portal.overview, name="overview"),
    path(f"{_HERE}calls/<uuid:pk>/", portal.call, name="call"),
    path(f"{_HERE}calls/<uuid:pk>/apply/", portal.apply, name="apply"),
    path(f"{_HERE}application/", portal.lookup, name="lookup"),
    path(f"{_HERE}application/<uuid:pk>/", portal.application, name="application"),
    path(f"{_HERE}partner/<uuid:pk>/", portal.partner, name="partner"),
    path(f"{_HERE}received/<uuid:pk>/", portal.received, name="received"),
    path(f"{_HERE}seconded/", portal.seconded, name="seconded"),
    path(f"{_HERE}seconded/letter/<uuid:pk>/", portal.letter, name="letter"),
]
