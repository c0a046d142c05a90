"""Prior contacts and customer relations as lists that can be imported."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from ksp.accounts.models import AuditEvent
from ksp.lib.sheets.problems import closest
from observers.applications.signals import relations_reported
from observers.importers import CUSTOMER, CustomerRelationList, PriorContactList
from observers.models import CustomerRelation, Observer, PriorContact
from participants.imports.kinds import ListKind, ListRow, Scope, Stored, Values
from participants.models import Participant

BATCH: Final = 500
# To search thousands of ids for a likeness takes a while: the first ones show what went wrong.
MOST_SUGGESTIONS: Final = 20
UNKNOWN: Final = gettext_noop("“%(value)s” does not exist. Import it first, or delete the row.")
MISTYPED: Final = gettext_noop("“%(value)s” does not exist. Did you mean “%(suggestion)s”?")


class Conflicts(ListKind):
    """Pairs of an observer and a participant who must not meet; a pair is on the list or not, nothing in it changes."""

    row_label: ClassVar = _("Observer and participant")
    permission: ClassVar = "observers.import_observers"
    named_by: ClassVar = ("observer", "participant")
    model: ClassVar[type[models.Model]]

    def key(self, values: Values) -> str:
        """Return all that the row says: two rows that say the same are one."""
        return " | ".join(str(values.get(name) or "") for name in self.resource.columns())

    def name(self, row: ListRow) -> str:
        """Return who and whom."""
        return f"{row.values.get('observer', '')} – {row.values.get('participant', '')}"

    def defaults(self, scope: Scope) -> Values:
        """Return what holds where the list says nothing."""
        return {}

    def stored(self, scope: Scope) -> dict[str, Stored]:
        """Return the pairs that are known."""
        names = list(self.resource.columns())
        paths = [f"{name}__code" if name in {"observer", "participant"} else name for name in names]
        rows = self.model._default_manager.filter(observer__organiser=scope.organiser_id).values_list("pk", *paths)
        found = {}
        for pk, *cells in rows:
            values = {name: _plain(cell) for name, cell in zip(names, cells, strict=True)}
            found[self.key(values)] = Stored(values, pk=pk)
        return found

    def check(self, rows: Sequence[ListRow], scope: Scope) -> None:
        """Refuse observers and participants whom nobody knows."""
        for column, known in (("observer", _observers(scope)), ("participant", _participants(scope))):
            unknown = [row for row in rows if row.values[column] not in known]
            for place, row in enumerate(unknown):
                value = row.values[column]
                meant = closest(value, known) if place < MOST_SUGGESTIONS else ""
                if meant:
                    row.refuse(MISTYPED, column, value=value, suggestion=meant)
                else:
                    row.refuse(UNKNOWN, column, value=value)

    def store(self, rows: Sequence[ListRow], scope: Scope) -> Iterable[AuditEvent]:
        """Add the pairs."""
        observers, participants = _observers(scope), _participants(scope)
        pairs = [(observers[row.values["observer"]], participants[row.values["participant"]]) for row in rows]
        self.model._default_manager.bulk_create(
            [
                self.model(observer_id=observer, participant_id=participant, **self.details(row.values))
                for row, (observer, participant) in zip(rows, pairs, strict=True)
            ],
            batch_size=BATCH,
        )
        if pairs:
            self.tell(pairs, scope)
        return ()

    def remove(self, rows: Sequence[ListRow], scope: Scope) -> Iterable[AuditEvent]:
        """Remove the pairs that the list brought."""
        self.model._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
        return ()

    def tell(self, pairs: Sequence[tuple[int, int]], scope: Scope) -> None:
        """Tell other apps which pairs are new, where somebody must know."""

    @abstractmethod
    def details(self, values: Values) -> Values:
        """Return what the pair is stored with."""


class PriorContacts(Conflicts):
    """Who contacted whom before, in any project."""

    code: ClassVar = "prior_contacts"
    label: ClassVar = _("Prior contacts")
    about: ClassVar = _("Which observer has contacted which participant before, in any project.")
    resource: ClassVar = PriorContactList
    model: ClassVar = PriorContact

    def details(self, values: Values) -> Values:
        """Return the project, and the date if it is known."""
        written = values.get("contacted_on")
        return {"project": values["project"], "contacted_on": date.fromisoformat(written) if written else None}


class CustomerRelations(Conflicts):
    """Who is a customer of whom, or registered there."""

    code: ClassVar = "customer_relations"
    label: ClassVar = _("Customer relations")
    about: ClassVar = _("Which observer is a customer of which participant, or registered there.")
    resource: ClassVar = CustomerRelationList
    model: ClassVar = CustomerRelation

    def tell(self, pairs: Sequence[tuple[int, int]], scope: Scope) -> None:
        """Tell of the relations: contacts that are planned may rest on there being none."""
        relations_reported.send(sender=CustomerRelation, pairs=pairs, by=scope.by)

    def details(self, values: Values) -> Values:
        """Return what kind of relation it is."""
        return {"kind": values.get("kind", CUSTOMER)}


def _plain(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, date) else cell


def _observers(scope: Scope) -> dict[str, int]:
    return dict(Observer.objects.filter(organiser=scope.organiser_id).values_list("code", "pk"))


def _participants(scope: Scope) -> dict[str, int]:
    return dict(Participant.objects.filter(organiser=scope.organiser_id).values_list("code", "pk"))
