"""Addresses of recruitment: the desk, the neighbours, the leader's own pages."""

from django.urls import path

from liren.territory import web as _converters  # noqa: F401 -- registers <community:…>

from .views import field, office, portal

app_name = "recruitment"
urlpatterns = [
    path("office/recruitment/", office.overview, name="overview"),
    path("office/recruitment/new/<uuid:place>/<str:kind>/", office.new, name="new"),
    path("office/recruitment/<uuid:opening>/", office.one, name="one"),
    path("office/duties/<str:kind>/", office.duties, name="duties"),
    path("office/thanks/<uuid:term>/", office.thank, name="thank"),
    path("office/responsible/", office.responsible, name="responsible"),
    path("office/unanswered/", office.unanswered, name="unanswered"),
    path("c/<community:community>/recruitment/<uuid:opening>/", portal.call, name="call"),
    path("c/<community:community>/recruitment/thanks/<uuid:thanks>/", portal.thanks, name="thanks"),
    path("field/welcome/", field.welcome, name="welcome"),
    path("field/share/<uuid:matter>/", field.share, name="share"),
    path("field/post/", field.post, name="post"),
]
