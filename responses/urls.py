"""The addresses of responses."""

from django.urls import path

from responses.views import manager, observer

app_name = "responses"

urlpatterns = [
    path("observer/contacts/<uuid:key>/", observer.contact, name="contact"),
    path("observer/reports/<uuid:key>/", observer.form, name="form"),
    path("observer/reports/<uuid:key>/save/", observer.save_answer, name="save_answer"),
    path("observer/reports/<uuid:key>/submit/", observer.submit, name="submit"),
    path("review/", manager.queue, name="queue"),
    path("review/<uuid:key>/", manager.review, name="review"),
    path("review/<uuid:key>/approve/", manager.approve, name="approve"),
    path("review/<uuid:key>/return/", manager.return_, name="return"),
    path("review/<uuid:key>/reject/", manager.reject, name="reject"),
]
