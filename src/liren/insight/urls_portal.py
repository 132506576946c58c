"""The residents' addresses of the overviews."""

from django.urls import path

from .views import together

app_name = "together"
urlpatterns = [
    path("c/<community:community>/together/", together.community, name="community"),
    path("c/<community:community>/together/<str:code>/", together.place, name="place"),
    path("c/<community:community>/together/project/<str:key>/", together.project, name="project"),
]
