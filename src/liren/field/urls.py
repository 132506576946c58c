"""Addresses of the leaders' face."""

from django.urls import path

from . import views

app_name = "field"
urlpatterns = [
    path("field/", views.home, name="home"),
    path("field/today/", views.today, name="today"),
    path("field/places/", views.places, name="places"),
    path("field/away/", views.away, name="away"),
    path("field/away/<uuid:absence>/back/", views.back, name="back"),
    path("field/messages/", views.messages, name="messages"),
]
