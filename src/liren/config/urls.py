"""The addresses of everything: one line an app, the faces last."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    # >>> liren urls
    # <<< liren urls
]
