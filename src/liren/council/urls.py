"""The desk's addresses of the joint council, below /office/."""

from django.urls import path

from .views import office

app_name = "council"
urlpatterns = [
    path("council/", office.overview, name="overview"),
    path("council/institutions/new/", office.member_new, name="member_new"),
    path("council/institutions/<uuid:pk>/", office.member, name="member"),
    path("council/institutions/<uuid:pk>/line/", office.item_new, name="item_new"),
    path("council/lines/<uuid:pk>/", office.item, name="item"),
    path("council/promises/", office.pledges, name="pledges"),
    path("council/promises/new/", office.promise, name="promise"),
    path("council/promises/<uuid:pk>/", office.pledge, name="pledge"),
    path("council/matters/<uuid:matter>/", office.open_matter, name="open"),
    path("council/claims/<uuid:pk>/<slug:answer>/", office.decide, name="decide"),
    path("council/year/", office.year, name="year"),
    path("council/year/sheet/", office.year_sheet, name="year_sheet"),
    path("council/kinds/", office.kinds, name="kinds"),
]
