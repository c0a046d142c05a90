"""Whether a proposal still holds, now that time has passed."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from assignments import rule_words
from assignments.begun import begun_in
from assignments.models import Assignment
from assignments.plans.drafts import draft_of
from assignments.plans.facts import differences, facts_of
from assignments.plans.models import PlanProposal, ProposedContact
from assignments.plans.situation import situation_of
from assignments.plans.workflow import ProposalKind


def what_changed(proposal: PlanProposal) -> tuple[str, ...]:
    """Say in a sentence each what of all that the proposal rests on is no longer true; nothing if it still holds."""
    if proposal.kind == ProposalKind.SEASON:
        return differences(proposal.figures.get("facts", {}), facts_of(situation_of(proposal.season)))
    contacts = list(ProposedContact.objects.filter(proposal=proposal).order_by("number"))
    keys = [contact.assignment_id for contact in contacts if contact.assignment_id is not None]
    rows = Assignment.objects.filter(pk__in=keys).in_bulk()
    return what_repair_breaks(proposal, contacts, rows)


def what_repair_breaks(
    proposal: PlanProposal, contacts: Sequence[ProposedContact], rows: Mapping[int, Assignment]
) -> tuple[str, ...]:
    """Say why a repair can no longer be made as it was computed: what it changes has changed, or a rule says no.

    Other contacts are made every hour; that alone outdates nothing.
    """
    begun = begun_in(proposal.season_id)
    gone = [one for one in contacts if not _is_as_before(one, rows, begun)]
    if gone:
        return (_("Some of the contacts that it changes have changed since."),)
    draft = draft_of(proposal)
    given = [draft.places[one.pk] for one in contacts if one.observer_id is not None]
    broken = {code for place in given for code in draft.refusals(place)}
    return tuple(rule_words.reason(code) for code in rule_words.PLAN_RULES if code in broken)


def _is_as_before(contact: ProposedContact, rows: Mapping[int, Assignment], begun: set[int]) -> bool:
    row = rows.get(contact.assignment_id or 0)
    if row is None or row.pk in begun or contact.before is None:
        return False
    now = {"state": row.state, "observer": row.observer_id, "week": row.week, "method": row.method}
    return all(contact.before.get(name) == value for name, value in now.items())
