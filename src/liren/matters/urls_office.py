"""The desk's addresses of the matter engine, below /office/."""

from django.urls import path

from .views.office import list as listing
from .views.office import map as overview
from .views.office import matter, record

app_name = "matters_office"
urlpatterns = [
    path("matters/", listing.listing, name="list"),
    path("matters/<uuid:pk>/", matter.page, name="matter"),
    path("matters/accept/", listing.accept_many, name="accept_many"),
    path("map/", overview.overview, name="map"),
    path("record/", record.record, name="record"),
    path("record/leaders/", record.leaders, name="leaders"),
    path("record/hints/", record.hints, name="hints"),
    path("record/<uuid:pk>/receipt/", record.receipt, name="receipt"),
    path("places/", listing.places, name="places"),
    path("matters/undo/<str:token>/", matter.undo, name="undo"),
    path("matters/<uuid:pk>/similar/", matter.similar, name="similar"),
    path("matters/<uuid:pk>/release/", matter.release, name="release"),
    path("matters/<uuid:pk>/reveal/", matter.reveal, name="reveal"),
    path("matters/<uuid:pk>/photo/<uuid:photo>/<slug:size>/", matter.photo, name="photo"),
    path("matters/<uuid:pk>/<slug:verb>/", matter.do, name="do"),
]
