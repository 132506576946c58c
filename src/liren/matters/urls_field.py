"""Addresses of the leader's screens of matters."""

from django.urls import path

from .views import field

app_name = "matters_field"
urlpatterns = [
    path("field/matters/<uuid:matter>/", field.matter_page, name="matter"),
    path(
        "field/matters/<uuid:matter>/photo/<uuid:photo_id>/<slug:size>/",
        field.matter_photo,
        name="photo",
    ),
    path("field/matters/<uuid:matter>/<slug:verb>/", field.matter_act, name="act"),
    path("field/record/", field.record, name="record"),
    path("l/<str:token>/", field.tap, name="tap"),
    path("l/<str:token>/photo/<uuid:photo_id>/<slug:size>/", field.tap_photo, name="tap_photo"),
    path("l/<str:token>/<slug:verb>/", field.tap_act, name="tap_act"),
]
