"""The addresses of reports."""

from django.urls import path

from reports.views import control, participant

app_name = "reports"

urlpatterns = [
    path("control/", control.control, name="control"),
    path("dashboard/", participant.dashboard, name="dashboard"),
    path("dashboard/answers/", participant.answers, name="answers"),
    path("dashboard/answers/<uuid:key>/", participant.answer, name="answer"),
    path("dashboard/comments/", participant.comments, name="comments"),
    path("results/", participant.results, name="results"),
]
