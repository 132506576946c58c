"""Addresses of the organisation network at the desk."""

from django.urls import path

from .views import lines, map, network, posts, sheet, workplaces

app_name = "network"
urlpatterns = [
    path("network/", network.overview, name="overview"),
    path("network/map/", map.overview, name="map"),
    path("network/workplaces/", workplaces.overview, name="workplaces"),
    path("network/workplaces/new/", workplaces.new, name="workplace_new"),
    path("network/workplaces/<uuid:pk>/", workplaces.one, name="workplace"),
    path("network/workplaces/<uuid:pk>/close/", workplaces.close, name="workplace_close"),
    path("network/sheet/", sheet.upload, name="sheet"),
    path("network/sheet/template/", sheet.template, name="sheet_template"),
    path("network/sheet/take-in/", sheet.take_in, name="sheet_take_in"),
    path("network/gap/<uuid:place>/<str:kind>/", network.gap, name="gap"),
    path("network/arrangement/<uuid:arrangement>/take-back/", network.take_back, name="take_back"),
    path("network/line/<str:code>/", lines.line, name="line"),
    path("network/post/<uuid:pk>/", posts.post, name="post"),
    path("network/post/<uuid:pk>/close/", posts.close, name="close"),
    path("network/cards/<str:code>/", posts.cards, name="cards"),
]
