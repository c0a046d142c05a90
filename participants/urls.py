"""The addresses of participants."""

from django.urls import path

from participants.views import imports, participants, seasons

app_name = "participants"

urlpatterns = [
    path("admin/seasons/", seasons.seasons, name="seasons"),
    path("admin/seasons/new/", seasons.create_season, name="create_season"),
    path("admin/seasons/<str:code>/", seasons.season, name="season"),
    path("admin/seasons/<str:code>/settings/", seasons.settings, name="season_settings"),
    path("admin/seasons/<str:code>/frame/", seasons.frame, name="season_frame"),
    path("admin/seasons/<str:code>/move/<str:move>/", seasons.move_season, name="move_season"),
    path("admin/seasons/<str:code>/classes/", seasons.create_class, name="create_class"),
    path("admin/seasons/<str:code>/classes/<int:key>/pause/", seasons.pause_class, name="pause_class"),
    path("admin/imports/", imports.imports, name="imports"),
    path("admin/imports/participants/", imports.import_participants, name="import_participants"),
    path("admin/imports/template/<str:code>.<str:form>", imports.template, name="import_template"),
    path("admin/imports/<uuid:key>/", imports.import_batch, name="import"),
    path("admin/imports/<uuid:key>/apply/", imports.apply_import, name="apply_import"),
    path("admin/imports/<uuid:key>/take-back/", imports.take_back_import, name="take_back_import"),
    path("participants/", participants.listing, name="list"),
    path("participants/<uuid:key>/", participants.detail, name="detail"),
    path("participants/<uuid:key>/channels/<int:channel>/close/", participants.close_channel, name="close_channel"),
    path("participants/<uuid:key>/people/", participants.invite_representative, name="invite_representative"),
    path(
        "participants/<uuid:key>/people/<uuid:person>/remove/",
        participants.remove_representative,
        name="remove_representative",
    ),
]
