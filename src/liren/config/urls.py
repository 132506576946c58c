"""The addresses of everything: one line an app, the faces last."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from liren.config import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.health, name="health"),
    # >>> liren urls
    path("", include("liren.look.urls")),
    path("", include("liren.people.signin.urls")),
    path("", include("liren.people.urls")),
    path("office/", include("liren.people.urls_register")),
    path("office/", include("liren.people.urls_office")),
    path("", include("liren.notifications.urls")),
    path("office/", include("liren.organisation.urls")),
    path("office/", include("liren.office.urls")),
    path("office/", include("liren.matters.urls_office")),
    path("office/", include("liren.forms.urls")),
    path("office/", include("liren.calls.urls_office")),
    path("", include("liren.calls.urls")),
    path("", include("liren.calls.urls_field")),
    path("office/", include("liren.insight.urls")),
    path("", include("liren.insight.urls_portal")),
    path("office/", include("liren.council.urls")),
    path("", include("liren.council.urls_field")),
    path("office/", include("liren.meetings.urls")),
    path("", include("liren.meetings.urls_portal")),
    path("", include("liren.branches.urls")),
    path("", include("liren.demands.urls")),
    path("", include("liren.recruitment.urls")),
    path("", include("liren.mobileposts.urls")),
    path("office/", include("liren.partners.urls_office")),
    path("", include("liren.partners.urls")),
    path("", include("liren.partners.urls_field")),
    path("", include("liren.matters.urls_portal")),
    path("", include("liren.portal.urls")),
    path("", include("liren.field.urls")),
    path("", include("liren.matters.urls_field")),
    # <<< liren urls
]
if settings.DEBUG:
    urlpatterns.append(path("", include("liren.look.gallery_urls")))

handler400 = "liren.look.errors.bad_request"
handler403 = "liren.look.errors.permission_denied"
handler404 = "liren.look.errors.page_not_found"
handler500 = "liren.look.errors.server_error"
