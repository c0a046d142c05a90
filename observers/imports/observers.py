"""Observers as a list that can be imported."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from ksp.accounts.models import AuditEvent, Role, User
from observers.importers import ObserverList
from observers.models import Observer
from participants.imports.kinds import ListKind, ListRow, Scope, Stored, Values, dependents, resting
from participants.models import RowStatus

BATCH: Final = 500
LEAST_AGE: Final = 18
# The columns whose field has another name.
FIELDS: Final = {"observer": "code", "score": "carried_score"}
DATES: Final = ("available_from", "available_to")
TOO_YOUNG: Final = gettext_noop("Observers are at least 18 years old. Check the year, or delete the row.")
EMAIL_TWICE: Final = gettext_noop("“%(value)s” belongs to %(other)s too. Each observer needs an own address.")


class Observers(ListKind):
    """Observers with their profiles, across seasons."""

    code: ClassVar = "observers"
    label: ClassVar = _("Observers")
    row_label: ClassVar = _("Observer")
    about: ClassVar = _("Observers with contact methods, capacity and when they are available.")
    permission: ClassVar = "observers.import_observers"
    resource: ClassVar = ObserverList
    named_by: ClassVar = ("observer", "first_name", "last_name")

    def key(self, values: Values) -> str:
        """Return the observer's id."""
        return str(values["observer"])

    def name(self, row: ListRow) -> str:
        """Return the observer's name."""
        return f"{row.values.get('first_name', '')} {row.values.get('last_name', '')}".strip()

    def defaults(self, scope: Scope) -> Values:
        """Return the profile of an observer of whom nothing more is known."""
        return _values(Observer())

    def stored(self, scope: Scope) -> dict[str, Stored]:
        """Return the organiser's observers."""
        rows = Observer.objects.filter(organiser=scope.organiser_id)
        return {row.code: Stored(_values(row), pk=row.pk) for row in rows}

    def check(self, rows: Sequence[ListRow], scope: Scope) -> None:
        """Look at ages, and at addresses that two observers share."""
        youngest = date.today().year - LEAST_AGE  # noqa: DTZ011 -- a year of birth has no time zone
        owners = _owners(scope)
        for row in rows:
            born = row.full["birth_year"]
            if born and born > youngest:
                row.refuse(TOO_YOUNG, "birth_year")
            email = row.full["email"].casefold()
            owner = owners.setdefault(email, row.key) if email else row.key
            if owner != row.key:
                row.refuse(EMAIL_TWICE, "email", value=row.full["email"], other=owner)

    def store(self, rows: Sequence[ListRow], scope: Scope) -> list[AuditEvent]:
        """Add the new observers and change the others; a new one gets the account with the same address."""
        accounts = _free_accounts(scope)
        written = Observer.objects.bulk_create(
            [
                Observer(
                    organiser_id=scope.organiser_id,
                    user=accounts.get(row.full["email"].casefold()) if row.status == RowStatus.NEW else None,
                    **_fields(row.full),
                )
                for row in rows
            ],
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["organiser", "code"],
            update_fields=[name for name in _fields(self.defaults(scope)) if name != "code"],
        )
        return [_event(row, observer, scope) for row, observer in zip(rows, written, strict=True)]

    def remove(self, rows: Sequence[ListRow], scope: Scope) -> list[AuditEvent]:
        """Remove the observers that the list brought."""
        leaving = Observer.objects.filter(organiser=scope.organiser_id, code__in=[row.key for row in rows])
        events = [AuditEvent.of(scope.by, "observer.removed", one) for one in leaving]
        leaving.delete()
        return events

    def blockers(self, rows: Sequence[ListRow], scope: Scope) -> list[str]:
        """Say what rests on the observers that the list brought."""
        new = [row.pk for row in rows if row.status == RowStatus.NEW]
        return resting(dependents(Observer, new, own=()))


def _values(observer: Observer) -> Values:
    values = {name: getattr(observer, FIELDS.get(name, name)) for name in ObserverList.columns()}
    return values | {name: values[name] and values[name].isoformat() for name in DATES}


def _fields(values: Values) -> Values:
    fields = {FIELDS.get(name, name): value for name, value in values.items()}
    return fields | {name: values[name] and date.fromisoformat(values[name]) for name in DATES}


def _owners(scope: Scope) -> dict[str, str]:
    """Return who has which address now."""
    rows = Observer.objects.filter(organiser=scope.organiser_id).exclude(email="").values_list("email", "code")
    return {email.casefold(): code for email, code in rows}


def _free_accounts(scope: Scope) -> dict[str, User]:
    """Return the accounts of observers whose profile nobody has made yet, by address."""
    rows = User.objects.filter(organiser=scope.organiser_id, role=Role.OBSERVER, observer=None, is_system=False)
    return {user.email.casefold(): user for user in rows}


def _event(row: ListRow, observer: Observer, scope: Scope) -> AuditEvent:
    if row.status == RowStatus.NEW:
        return AuditEvent.of(scope.by, "observer.created", observer, row=row.number)
    after = {name: row.full[name] for name in row.before or {}}
    return AuditEvent.of(scope.by, "observer.changed", observer, row=row.number, before=row.before, after=after)
