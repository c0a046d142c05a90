"""The addresses of plans."""

from django.urls import path

from assignments.plans.views import changes, decisions, home, pages, participant, settings

app_name = "plans"

urlpatterns = [
    path("plan/", home.home, name="home"),
    path("plan/new/", home.request_plan, name="request"),
    path("plan/compare/", pages.comparison, name="compare"),
    path("plan/<uuid:key>/", pages.proposal, name="proposal"),
    path("plan/<uuid:key>/progress/", decisions.progress, name="progress"),
    path("plan/<uuid:key>/cancel/", decisions.cancel, name="cancel"),
    path("plan/<uuid:key>/discard/", decisions.discard, name="discard"),
    path("plan/<uuid:key>/apply/", decisions.apply, name="apply"),
    path("plan/<uuid:key>/participants/<uuid:participant>/", participant.participant, name="participant"),
    path("plan/<uuid:key>/contacts/<int:number>/choices/", changes.choices, name="choices"),
    path("plan/<uuid:key>/contacts/<int:number>/move/", changes.move, name="move"),
    path("plan/<uuid:key>/contacts/<int:number>/lock/", changes.lock, name="lock"),
    path("admin/seasons/<str:code>/planning/", settings.settings, name="settings"),
]
