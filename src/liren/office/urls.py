"""The desk's own addresses: home and settings."""

from django.urls import path

from .views import board, calendar

app_name = "office"
urlpatterns = [
    path("", board.board, name="board"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/clear/", calendar.clear, name="calendar_clear"),
]
