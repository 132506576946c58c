"""The desk's addresses for what residents ask about their data and households, below /office/."""

from django.urls import path

from .views import requests

app_name = "people_office"
urlpatterns = [
    path("requests/", requests.overview, name="requests"),
    path("requests/<uuid:asked>/answer/", requests.answer, name="request_answer"),
    path("requests/claims/<uuid:claim>/answer/", requests.answer_claim, name="claim_answer"),
    path("requests/<uuid:person>/show/<slug:field>/", requests.reveal, name="request_reveal"),
]
