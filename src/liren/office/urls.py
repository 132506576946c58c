"""The desk's own addresses: home and settings."""

from django.urls import path

from .views import board

app_name = "office"
urlpatterns = [path("", board.board, name="board")]
