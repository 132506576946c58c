"""The desk's addresses for a community's household sheet, below /office/."""

from django.urls import path

from .views import register

app_name = "register"
urlpatterns = [
    path("import/", register.overview, name="runs"),
    path("import/template/", register.template, name="template"),
    path("import/<uuid:pk>/", register.run, name="run"),
    path("import/<uuid:pk>/report/", register.report, name="report"),
    path("import/<uuid:pk>/drop/", register.drop, name="drop"),
]
