"""The addresses of accounts."""

from django.urls import path

from ksp.accounts import views

app_name = "accounts"

urlpatterns = [
    path("me/", views.profile, name="profile"),
    path("me/appearance/", views.set_appearance, name="set_appearance"),
    path("admin/", views.administration, name="administration"),
    path("admin/users/", views.users, name="users"),
    path("admin/users/invite/", views.invite, name="invite"),
    path("admin/users/<uuid:key>/", views.user, name="user"),
    path("admin/log/", views.audit, name="audit"),
    path("invitation/<str:token>/", views.accept_invitation, name="accept_invitation"),
]
