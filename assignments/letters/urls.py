"""The addresses of letters."""

from django.urls import path

from assignments.letters.views import outbox, own

app_name = "letters"

urlpatterns = [
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/send/", outbox.send_held, name="send_held"),
    path("outbox/<uuid:key>/", outbox.letter, name="letter"),
    path("outbox/<uuid:key>/send/", outbox.send, name="send"),
    path("outbox/<uuid:key>/hold/", outbox.hold, name="hold"),
    path("outbox/<uuid:key>/let-go/", outbox.let_go, name="let_go"),
    path("outbox/<uuid:key>/drop/", outbox.drop, name="drop"),
    path("observer/offers/", own.offers, name="offers"),
    path("observer/offers/accept/", own.accept_week, name="accept_week"),
    path("observer/assignments/<uuid:key>/week/", own.change_week, name="change_week"),
    path("observer/assignments/<uuid:key>/customer/", own.report_relation, name="report_relation"),
]
