"""What apps above may hear about applications and teams."""

from django.dispatch import Signal

# Sent inside the transaction that changes the team. Arguments: season, observer_ids (who left or joined), has_left, by.
team_changed = Signal()
# Sent inside the transaction that stores new relations, by whatever way they came. Arguments: pairs of
# (observer id, participant id), by.
relations_reported = Signal()
