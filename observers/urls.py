"""The addresses of observers."""

from django.urls import path

from observers import views

app_name = "observers"

urlpatterns = [
    path("observers/", views.listing, name="list"),
    path("observers/<uuid:key>/", views.detail, name="detail"),
    path("observer/me/", views.own_page, name="own_page"),
]
