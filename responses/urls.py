"""The addresses of responses."""

from django.urls import path

from responses.views import contact, correction, manager, observer

app_name = "responses"

urlpatterns = [
    path("observer/assignments/<uuid:key>/start/", contact.start, name="start_contact"),
    path("observer/contacts/<uuid:key>/", contact.contact, name="contact"),
    path("observer/contacts/<uuid:key>/start/", contact.start_attempt, name="start_attempt"),
    path("observer/contacts/<uuid:key>/end/", contact.end_attempt, name="end_attempt"),
    path("observer/contacts/<uuid:key>/register/", contact.register_attempt, name="register_attempt"),
    path("observer/contacts/<uuid:key>/correct/", contact.correct_attempt, name="correct_attempt"),
    path("observer/reports/<uuid:key>/", observer.form, name="form"),
    path("observer/reports/<uuid:key>/save/", observer.save_answer, name="save_answer"),
    path("observer/reports/<uuid:key>/reply/<int:note>/", observer.save_reply, name="save_reply"),
    path("observer/reports/<uuid:key>/submit/", observer.submit, name="submit"),
    path("review/", manager.queue, name="queue"),
    path("review/<uuid:key>/", manager.review, name="review"),
    path("review/<uuid:key>/correct/", correction.correct, name="correct"),
    path("review/<uuid:key>/approve/", manager.approve, name="approve"),
    path("review/<uuid:key>/return/", manager.return_, name="return"),
    path("review/<uuid:key>/reject/", manager.reject, name="reject"),
]
