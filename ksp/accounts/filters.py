"""How people and the audit trail are narrowed."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django import forms
from django.db.models import Q
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet

from ksp.accounts.models import AuditEventQuerySet, Role, User, UserQuerySet
from ksp.accounts.verbs import VERBS

CLOSED, INVITED, OPEN = "closed", "invited", "open"
MOST_PEOPLE = 50


class UserFilter(FilterSet):
    """People by name, address, role and whether they can sign in."""

    q = CharFilter(method="search", label=_("Name or e-mail"), widget=forms.SearchInput)
    role = ChoiceFilter(label=_("Role"), empty_label=_("All roles"), choices=Role.choices)
    state = ChoiceFilter(
        method="in_state",
        label=_("Account"),
        empty_label=_("All accounts"),
        choices=[(OPEN, _("In use")), (INVITED, _("Invited, has not answered")), (CLOSED, _("Closed"))],
    )

    class Meta:
        model = User
        fields: Sequence[str] = ()

    def search(self, rows: UserQuerySet, _name: str, text: str) -> UserQuerySet:
        """Keep those whose name or address has every word."""
        for word in text.split()[:6]:
            rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word))
        return rows

    def in_state(self, rows: UserQuerySet, _name: str, state: str) -> UserQuerySet:
        """Keep the closed accounts, those that wait for their person, or those in use."""
        if state == CLOSED:
            return rows.closed()
        return rows.invited() if state == INVITED else rows.in_use()


class AuditForm(forms.Form):
    """What somebody looks for in the audit trail."""

    who = forms.CharField(label=_("Who (name or e-mail)"), required=False, widget=forms.SearchInput)
    thing = forms.CharField(label=_("On what (how its name begins)"), required=False, widget=forms.SearchInput)
    verb = forms.ChoiceField(label=_("What"), required=False)
    since = forms.DateField(label=_("From and with"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Up to and with"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    target = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        words = sorted(VERBS, key=lambda verb: str(VERBS[verb]))
        verb = self.fields["verb"]
        if isinstance(verb, forms.ChoiceField):
            verb.choices = [("", _("Everything")), *((name, VERBS[name]) for name in words)]

    def narrow(self, events: AuditEventQuerySet, *, people: UserQuerySet) -> AuditEventQuerySet:
        """Keep the events that fit what was asked for; what could not be understood is left out."""
        wanted = self.cleaned_data if self.is_valid() else {}
        if who := wanted.get("who"):
            found = people.filter(Q(name__icontains=who) | Q(email__iexact=who)).values_list("pk", flat=True)
            events = events.filter(actor__in=list(found[:MOST_PEOPLE]))
        if thing := wanted.get("thing"):
            events = events.filter(target_name__istartswith=thing)
        if verb := wanted.get("verb"):
            events = events.filter(verb=verb)
        if target := wanted.get("target"):
            kind, _colon, key = target.partition(":")
            events = events.filter(target_type=kind, target_key=key)
        if since := wanted.get("since"):
            events = events.filter(at__gte=make_aware(datetime.combine(since, time())))
        if until := wanted.get("until"):
            events = events.filter(at__lt=make_aware(datetime.combine(until + timedelta(days=1), time())))
        return events
