"""The addresses of observers."""

from django.urls import path

from observers.views import manager, own

app_name = "observers"

urlpatterns = [
    path("observers/", manager.listing, name="list"),
    path("observers/<uuid:key>/", manager.detail, name="detail"),
    path("observer/me/", own.own_page, name="own_page"),
]
