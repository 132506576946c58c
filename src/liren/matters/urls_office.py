"""The desk's addresses of the matter engine, below /office/."""

from django.urls import path

from .views.office import list as listing
from .views.office import matter

app_name = "matters_office"
urlpatterns = [
    path("matters/", listing.listing, name="list"),
    path("matters/<uuid:pk>/", matter.page, name="matter"),
    path("matters/<uuid:pk>/<slug:verb>/", matter.do, name="do"),
]
