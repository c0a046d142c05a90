"""The addresses of reports."""

from django.urls import path

from reports import views

app_name = "reports"

urlpatterns = [
    path("control/", views.control, name="control"),
    path("dashboard/", views.dashboard, name="dashboard"),
    path("dashboard/answers/", views.answers, name="answers"),
    path("dashboard/answers/<uuid:key>/", views.answer, name="answer"),
    path("dashboard/comments/", views.comments, name="comments"),
    path("results/", views.results, name="results"),
]
