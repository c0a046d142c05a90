"""The addresses of responses."""

from django.urls import path

from responses import views

app_name = "responses"

urlpatterns = [
    path("observer/contacts/<uuid:key>/", views.contact, name="contact"),
    path("observer/reports/<uuid:key>/", views.form, name="form"),
    path("observer/reports/<uuid:key>/save/", views.save_answer, name="save_answer"),
    path("observer/reports/<uuid:key>/submit/", views.submit, name="submit"),
    path("review/", views.queue, name="queue"),
    path("review/<uuid:key>/", views.review, name="review"),
    path("review/<uuid:key>/approve/", views.approve, name="approve"),
    path("review/<uuid:key>/return/", views.return_, name="return"),
    path("review/<uuid:key>/reject/", views.reject, name="reject"),
]
