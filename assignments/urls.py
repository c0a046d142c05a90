"""The addresses of assignments."""

from django.urls import path

from assignments.views import manager, observer, role_plays

app_name = "assignments"

urlpatterns = [
    path("assignments/", manager.listing, name="list"),
    path("assignments/new/", manager.create, name="create"),
    path("assignments/offer/", manager.offer_many, name="offer_many"),
    path("assignments/<uuid:key>/", manager.detail, name="detail"),
    path("assignments/<uuid:key>/offer/", manager.offer, name="offer"),
    path("assignments/<uuid:key>/withdraw/", manager.withdraw, name="withdraw"),
    path("assignments/<uuid:key>/expire/", manager.expire, name="expire"),
    path("assignments/<uuid:key>/cancel/", manager.cancel, name="cancel"),
    path("admin/seasons/<str:code>/role-plays/", role_plays.listing, name="role_plays"),
    path("admin/seasons/<str:code>/role-plays/new/", role_plays.write, name="create_role_play"),
    path("admin/seasons/<str:code>/role-plays/<int:key>/", role_plays.write, name="role_play"),
    path("observer/", observer.observer_home, name="observer_home"),
    path("observer/assignments/", observer.own_list, name="own_list"),
    path("observer/assignments/<uuid:key>/", observer.own_detail, name="own_detail"),
    path("observer/assignments/<uuid:key>/accept/", observer.accept, name="accept"),
    path("observer/assignments/<uuid:key>/decline/", observer.decline, name="decline"),
    path("observer/manual/", observer.manual, name="manual"),
    path("observer/manual/<str:code>/read/", observer.read_manual, name="read_manual"),
]
