"""The desk's addresses of partners."""

from django.urls import path

from .views import office

app_name = "partners_office"
urlpatterns = [
    path("partners/", office.overview, name="overview"),
    path("partners/scheme/", office.scheme, name="scheme"),
    path("partners/seconded/", office.seconded, name="seconded"),
    path("partners/calls/new/", office.call_new, name="call_new"),
    path("partners/calls/<uuid:pk>/", office.call, name="call"),
    path("partners/calls/<uuid:pk>/record/", office.record, name="record"),
    path("partners/applications/<uuid:pk>/", office.application, name="application"),
    path("partners/applications/<uuid:pk>/phone/", office.reveal, name="reveal"),
    path("partners/agreements/<uuid:pk>/", office.agreement, name="agreement"),
    path("partners/agreements/<uuid:pk>/paper/", office.agreement_paper, name="agreement_paper"),
    path("partners/partner/<uuid:pk>/", office.partner, name="partner"),
    path("partners/projects/<uuid:pk>/", office.project, name="project"),
]
