"""Addresses of branches: at the desk, and a task for whoever confirms it."""

from django.urls import path

from . import views

app_name = "branches"
urlpatterns = [
    path("office/branches/", views.overview, name="overview"),
    path("office/branches/new/", views.new, name="new"),
    path("office/branches/tasks/", views.tasks, name="tasks"),
    path("office/branches/tasks/new/", views.task_new, name="task_new"),
    path("office/branches/cross/", views.cross, name="cross"),
    path("office/branches/<uuid:pk>/", views.one, name="one"),
    path("office/branches/<uuid:pk>/close/", views.close, name="close"),
    path("office/branches/<uuid:pk>/post/", views.seat, name="seat"),
    path("field/tasks/<uuid:pk>/", views.task, name="task"),
    path("field/tasks/<uuid:pk>/<slug:verb>/", views.act, name="act"),
]
