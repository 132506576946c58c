"""Addresses of the liaison and of who confirms."""

from django.urls import path

from .views import field

app_name = "partners_field"
urlpatterns = [
    path("field/partners/", field.desk, name="desk"),
    path("field/partners/<uuid:pk>/", field.project, name="project"),
]
