"""How the accounts of observers are tied to their profiles."""

from collections.abc import Sequence

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ksp.accounts.models import User
from ksp.accounts.ties import Tie, Tied
from observers.models import Observer
from observers.services import link_account


def _field(by: User) -> forms.Field:
    return forms.ModelChoiceField(
        Observer.objects.visible_to(by).filter(user=None),
        label=_("Observer’s id"),
        to_field_name="code",
        required=False,
        widget=forms.TextInput,
        help_text=_("Leave it empty, and the profile with the same e-mail address is used, if there is one."),
        error_messages={
            "invalid_choice": _("No observer without an account has this id. Look in the observers’ list.")
        },
    )


def _connect(user: User, chosen: Observer | None, by: User) -> None:
    free = Observer.objects.visible_to(by).filter(user=None)
    observer = chosen or free.filter(email__iexact=user.email).order_by("pk").first()
    if observer is not None:
        link_account(observer.pk, user=user, by=by)


def _things(user: User) -> Sequence[Tied]:
    profiles = Observer.objects.filter(user=user)
    return [Tied(str(one), reverse("observers:detail", args=[one.public_id])) for one in profiles]


PROFILE = Tie(heading=_("Profile"), field=_field, connect=_connect, things=_things)
