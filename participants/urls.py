"""The addresses of participants."""

from django.urls import path

from participants.views import imports, participants, seasons

app_name = "participants"

urlpatterns = [
    path("admin/seasons/", seasons.seasons, name="seasons"),
    path("admin/seasons/<str:code>/", seasons.season, name="season"),
    path("admin/imports/", imports.imports, name="imports"),
    path("admin/imports/participants/", imports.import_participants, name="import_participants"),
    path("admin/imports/<uuid:key>/", imports.import_batch, name="import"),
    path("participants/", participants.listing, name="list"),
    path("participants/<uuid:key>/", participants.detail, name="detail"),
]
