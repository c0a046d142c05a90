"""The addresses of reports."""

from django.urls import path

from reports import api
from reports.views import control, explanations, follow_up, participant, results, shifts, statistics

app_name = "reports"

urlpatterns = [
    path("control/", control.control, name="control"),
    path("control/follow-up/", follow_up.follow_up, name="follow_up"),
    path("control/behind/", follow_up.behind, name="behind"),
    path("control/shifts/", shifts.shifts, name="shifts"),
    path("control/<str:code>/remind/", follow_up.remind, name="remind"),
    path("control/<str:code>/plan/<str:view>.<str:form>", control.export, name="control_export"),
    path("control/statistics/", statistics.overview, name="statistics"),
    path("control/statistics/fairness/", statistics.fairness, name="statistics_fairness"),
    path("control/statistics/reliability/", statistics.reliability, name="statistics_reliability"),
    path("control/statistics/drivers/", statistics.drivers, name="statistics_drivers"),
    path("control/statistics/questions/", statistics.questions, name="statistics_questions"),
    path("control/statistics/seasons/", statistics.seasons, name="statistics_seasons"),
    path("control/statistics/methods/", statistics.methods, name="statistics_methods"),
    path("control/statistics/<str:code>/compute/", statistics.compute, name="compute_statistics"),
    path("control/statistics/<str:code>/<str:table>.<str:form>", statistics.export, name="statistics_export"),
    path("dashboard/", participant.dashboard, name="dashboard"),
    path("dashboard/drivers/", participant.drivers, name="drivers"),
    path("dashboard/answers/", participant.answers, name="answers"),
    path("dashboard/answers/<uuid:key>/", participant.answer, name="answer"),
    path("dashboard/comments/", participant.comments, name="comments"),
    path("results/", results.results, name="results"),
    path("results/<str:season>/versions/", results.versions, name="versions"),
    path("results/<str:season>/versions/<int:number>/", results.version, name="version"),
    path("api/v1/results/<str:season>/<str:participant>/", api.ParticipantResults.as_view(), name="api_results"),
    path(
        "api/v1/results/<str:season>/<str:participant>/explanations/<str:figure>/",
        api.FigureExplanation.as_view(),
        name="api_explanation",
    ),
    path(
        "api/v1/results/<str:season>/<str:participant>/contacts/<uuid:key>/",
        api.ContactExplanation.as_view(),
        name="api_contact",
    ),
    path("explain/contacts/<uuid:key>/", explanations.contact, name="explain_contact"),
    path("explain/<str:season>/season/<str:figure>/", explanations.season_mean, name="explain_season"),
    path("explain/<str:season>/classes/<int:key>/<str:figure>/", explanations.class_mean, name="explain_class"),
    path("explain/<str:season>/<uuid:participant>/<str:figure>/", explanations.explanation, name="explain"),
]
