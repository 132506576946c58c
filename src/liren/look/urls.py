"""Addresses of the look: settings of the reader, manifest, service worker, offline page; the
gallery in debug."""

from django.urls import path

from liren.look import views

app_name = "look"
urlpatterns = [
    path("look/preferences/", views.preferences, name="preferences"),
    path("look/<str:face>.webmanifest", views.manifest, name="manifest"),
    path("look/icon-<int:size>.png", views.icon, name="icon"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("offline/", views.offline, name="offline"),
]
