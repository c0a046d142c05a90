"""The addresses of the site."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from ksp import pages
from ksp.accounts.api import Nothing

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("", include("ksp.accounts.urls")),
    path("", include("participants.urls")),
    path("", include("responses.questionnaires.urls")),
    path("", include("observers.urls")),
    path("", include("observers.applications.urls")),
    path("", include("assignments.urls")),
    path("", include("assignments.letters.urls")),
    path("", include("assignments.plans.urls")),
    path("", include("assignments.teams.urls")),
    path("", include("assignments.calendars.urls")),
    path("", include("responses.urls")),
    path("", include("scoring.urls")),
    path("", include("reports.urls")),
    path("api/v1/<path:rest>", Nothing.as_view(), name="api_nothing"),
    # An administrator changes addresses; nobody does so alone.
    path("accounts/email/", RedirectView.as_view(pattern_name="accounts:profile"), name="account_email"),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("healthz/live", pages.live, name="live"),
    path("healthz/ready", pages.ready, name="ready"),
    path("", include("django_prometheus.urls")),
]
