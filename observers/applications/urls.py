"""The addresses of applications."""

from django.urls import path

from observers.applications.views import manager, own

app_name = "applications"

urlpatterns = [
    path("observer/application/", own.own, name="own"),
    path("observer/application/work/", own.work, name="own_work"),
    path("observer/application/relations/", own.relations, name="own_relations"),
    path("observer/application/submit/", own.submit, name="submit"),
    path("observer/application/withdraw/", own.withdraw, name="withdraw"),
    path("applications/", manager.listing, name="list"),
    path("applications/decide/", manager.decide, name="decide"),
    path("applications/<uuid:key>/", manager.detail, name="detail"),
    path("applications/<uuid:key>/team/", manager.change_team, name="change_team"),
]
