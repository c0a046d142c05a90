"""The addresses of participants."""

from django.urls import path

from participants import views

app_name = "participants"

urlpatterns = [
    path("admin/seasons/", views.seasons, name="seasons"),
    path("admin/seasons/<str:code>/", views.season, name="season"),
    path("admin/imports/", views.imports, name="imports"),
    path("admin/imports/participants/", views.import_participants, name="import_participants"),
    path("admin/imports/<uuid:key>/", views.import_batch, name="import"),
    path("participants/", views.listing, name="list"),
    path("participants/<uuid:key>/", views.detail, name="detail"),
]
