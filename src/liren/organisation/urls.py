"""Addresses of the organisation network at the desk."""

from django.urls import path

from .views import network

app_name = "network"
urlpatterns = [
    path("network/", network.overview, name="overview"),
    path("network/gap/<uuid:place>/<str:kind>/", network.gap, name="gap"),
    path("network/arrangement/<uuid:arrangement>/take-back/", network.take_back, name="take_back"),
]
