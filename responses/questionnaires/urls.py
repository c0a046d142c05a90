"""The addresses of questionnaires."""

from django.urls import path

from responses.questionnaires import views

app_name = "questionnaires"

urlpatterns = [
    path("questionnaire/<str:code>/", views.detail, name="detail"),
    path("questionnaire/<str:code>/install/", views.install, name="install"),
]
