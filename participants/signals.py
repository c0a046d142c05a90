"""What apps above may hear about seasons and participants."""

from django.dispatch import Signal

# Sent inside the transaction that changes the state. Arguments: season, transition.
season_changed = Signal()
# Sent before an import is taken back; a receiver that depends on an enrolment returns a sentence that says so.
# Arguments: enrolment_ids.
enrolments_leaving = Signal()
