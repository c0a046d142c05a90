"""The addresses of accounts."""

from django.urls import path

from ksp.accounts.views import administration, own, tokens

app_name = "accounts"

urlpatterns = [
    path("me/", own.profile, name="profile"),
    path("me/appearance/", own.set_appearance, name="set_appearance"),
    path("me/tokens/", tokens.create, name="create_token"),
    path("me/tokens/<int:key>/revoke/", tokens.revoke, name="revoke_token"),
    path("admin/", administration.administration, name="administration"),
    path("admin/users/", administration.users, name="users"),
    path("admin/users/invite/", administration.invite, name="invite"),
    path("admin/users/<uuid:key>/", administration.user, name="user"),
    path("admin/users/<uuid:key>/open/", administration.set_open, name="set_open"),
    path("admin/users/<uuid:key>/invite/", administration.send_invitation, name="send_invitation"),
    path("admin/mail/", administration.mail, name="mail"),
    path("admin/log/", administration.audit, name="audit"),
    path("invitation/<str:token>/", own.accept_invitation, name="accept_invitation"),
]
