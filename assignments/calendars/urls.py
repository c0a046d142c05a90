"""The addresses of calendars."""

from django.urls import path

from assignments.calendars.views import feed, own

app_name = "calendars"

urlpatterns = [
    path("observer/calendar/", own.own, name="own"),
    path("observer/calendar/address/", own.make_address, name="make_address"),
    path("observer/calendar/names/", own.show_names, name="show_names"),
    path("observer/calendar/close/", own.close, name="close"),
    path("calendar/<str:token>.ics", feed.feed, name="feed"),
]
