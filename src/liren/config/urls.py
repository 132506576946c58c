"""The addresses of everything: one line an app, the faces last."""

from django.urls import URLPattern, URLResolver, path

from liren.config import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.health, name="health"),
    # >>> liren urls
    # <<< liren urls
]
