"""The desk's addresses of the overviews, below /office/."""

from django.urls import path

from .views import board, together

app_name = "insight"
urlpatterns = [
    path("core/", board.board, name="board"),
    path("together/", together.office, name="together"),
    path("together/<str:code>/", together.office, name="place"),
    path(
        "together/<community:community>/project/<str:key>/",
        together.office_project,
        name="project",
    ),
]
