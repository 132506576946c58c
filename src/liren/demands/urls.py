"""Addresses of demands and supervision orders."""

from django.urls import path

from . import views, views_orders

app_name = "demands"
_ONE = "office/demands/<uuid:pk>/"
urlpatterns = [
    path("office/demands/", views.overview, name="overview"),
    path("office/demands/new/", views.new, name="new"),
    path("office/demands/sheet/", views.sheet, name="sheet"),
    path(_ONE, views.one, name="one"),
    path(f"{_ONE}arrived/", views.arrived, name="arrived"),
    path("office/demands/arrival/<uuid:arrival>/take-back/", views.take_back, name="take_back"),
    path(f"{_ONE}<slug:verb>/", views.act, name="act"),
    path("office/orders/", views_orders.overview, name="orders"),
    path("office/orders/new/", views_orders.new, name="order_new"),
    path("field/orders/<uuid:pk>/", views_orders.one, name="order"),
    path("field/orders/<uuid:pk>/print/", views_orders.printed, name="order_print"),
    path("field/orders/<uuid:pk>/<slug:verb>/", views_orders.act, name="order_act"),
]
