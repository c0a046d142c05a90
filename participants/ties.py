"""How the accounts of participants' people are tied to what they represent."""

from collections.abc import Sequence

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ksp.accounts.models import User
from ksp.accounts.ties import Tie, Tied
from participants.models import Participant
from participants.services import add_representative


def _field(by: User) -> forms.Field:
    return forms.ModelChoiceField(
        Participant.objects.visible_to(by).order_by("name"),
        label=_("Represents"),
        empty_label=_("Choose a participant"),
        help_text=_("More participants can be added later, on each participant’s page."),
    )


def _connect(user: User, chosen: Participant, by: User) -> None:
    add_representative(chosen.pk, user=user, by=by)


def _things(user: User) -> Sequence[Tied]:
    represented = Participant.objects.filter(representatives__user=user).order_by("name")
    return [Tied(one.name, reverse("participants:detail", args=[one.public_id])) for one in represented]


REPRESENTATIVE = Tie(heading=_("Represents"), field=_field, connect=_connect, things=_things)
