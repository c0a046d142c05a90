"""The addresses of scores."""

from django.urls import path

from scoring.views import checks, owed, rules

app_name = "scoring"

urlpatterns = [
    path("admin/scores/retry/", owed.retry, name="retry"),
    path("admin/seasons/<str:code>/scoring/", rules.rules, name="rules"),
    path("admin/seasons/<str:code>/scoring/change/", rules.change_rules, name="change_rules"),
    path("admin/seasons/<str:code>/scoring/readers/", rules.change_readers, name="change_readers"),
    path("admin/seasons/<str:code>/scoring/check/", checks.check, name="check"),
    path("admin/seasons/<str:code>/scoring/recompute/", checks.recompute, name="recompute"),
]
