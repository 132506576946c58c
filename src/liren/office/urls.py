"""The desk's own addresses: home and settings."""

from django.urls import path

from .views import board, calendar, figures

app_name = "office"
urlpatterns = [
    path("", board.board, name="board"),
    path("figures/", figures.figures, name="figures"),
    path("figures/sheet/", figures.sheet, name="figures_sheet"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/clear/", calendar.clear, name="calendar_clear"),
]
