"""The gallery: in debug, and for its own tests. Never on a served community."""

from django.urls import path

from liren.look import gallery

app_name = "gallery"
urlpatterns = [
    path("gallery/", gallery.gallery, name="all"),
    path("gallery/<str:shell>/", gallery.shell, name="shell"),
]
