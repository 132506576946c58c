"""Addresses of the organisation network at the desk."""

from django.urls import path

from .views import lines, network, posts

app_name = "network"
urlpatterns = [
    path("network/", network.overview, name="overview"),
    path("network/gap/<uuid:place>/<str:kind>/", network.gap, name="gap"),
    path("network/arrangement/<uuid:arrangement>/take-back/", network.take_back, name="take_back"),
    path("network/line/<str:code>/", lines.line, name="line"),
    path("network/post/<uuid:pk>/", posts.post, name="post"),
    path("network/post/<uuid:pk>/close/", posts.close, name="close"),
    path("network/cards/<str:code>/", posts.cards, name="cards"),
]
