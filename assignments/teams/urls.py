"""The addresses of a season's team."""

from django.urls import path

from assignments.teams.views import advice, choosing, members, relations

app_name = "teams"

urlpatterns = [
    path("team/", members.team, name="team"),
    path("team/add/", members.add, name="add"),
    path("team/remove/", members.remove, name="remove"),
    path("team/choose/", choosing.choose, name="choose"),
    path("team/take-in/", choosing.take_in, name="take_in"),
    path("observer/relations/", relations.report, name="report_relation"),
    path("team/advice/", advice.advise, name="advice"),
]
