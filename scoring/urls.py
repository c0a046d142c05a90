"""The addresses of scores."""

from django.urls import path

from scoring import views

app_name = "scoring"

urlpatterns = [path("admin/scores/retry/", views.retry, name="retry")]
