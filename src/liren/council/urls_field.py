"""The addresses of an institution's liaison, below /field/."""

from django.urls import path

from .views import field

app_name = "council_field"
urlpatterns = [
    path("field/council/", field.home, name="home"),
    path("field/council/<uuid:pk>/line/", field.item_new, name="item_new"),
    path("field/council/lines/<uuid:pk>/", field.item, name="item"),
    path("field/council/promises/new/", field.promise, name="promise"),
    path("field/council/promises/<uuid:pk>/", field.pledge, name="pledge"),
    path("field/council/matters/<uuid:pk>/", field.claim, name="claim"),
    path("field/council/claims/<uuid:pk>/back/", field.withdraw_claim, name="claim_back"),
]
