"""The addresses of assignments."""

from django.urls import path

from assignments import views

app_name = "assignments"

urlpatterns = [
    path("assignments/", views.listing, name="list"),
    path("assignments/<uuid:key>/", views.detail, name="detail"),
    path("assignments/<uuid:key>/offer/", views.offer, name="offer"),
    path("observer/", views.observer_home, name="observer_home"),
    path("observer/assignments/", views.own_list, name="own_list"),
    path("observer/assignments/<uuid:key>/", views.own_detail, name="own_detail"),
    path("observer/assignments/<uuid:key>/accept/", views.accept, name="accept"),
    path("observer/assignments/<uuid:key>/decline/", views.decline, name="decline"),
    path("observer/manual/", views.manual, name="manual"),
]
