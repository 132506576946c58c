"""The desk's addresses of forms, below /office/."""

from django.urls import path

from . import views

app_name = "forms"
urlpatterns = [
    path("forms/", views.overview, name="overview"),
    path("forms/new/", views.new, name="new"),
    path("forms/<uuid:key>/", views.one, name="one"),
    path("forms/<uuid:key>/fill/", views.fill, name="fill"),
    path("forms/<uuid:key>/away/", views.put_away, name="put_away"),
    path("forms/<uuid:key>/back/", views.take_out, name="take_out"),
]
