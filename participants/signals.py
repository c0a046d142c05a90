"""What apps above may hear about seasons and participants."""

from django.dispatch import Signal

# Sent inside the transaction that changes the state. Arguments: season, transition, by.
season_changed = Signal()
# Sent inside the transaction that stores new settings. Arguments: season, names (of the settings that changed).
season_settings_changed = Signal()
# Sent before enrolments change class or methods, or leave. Arguments: enrolment_ids. A receiver whose app rests on
# some of them returns, for each of those ids, a sentence (a message id) that says so and what to do.
enrolments_leaving = Signal()
# Sent inside the transaction that pauses a class or lets it go on. Arguments: award_class, is_paused, by.
class_changed = Signal()
# Sent inside the transaction after which a participant is no longer contacted by a method. Arguments: enrolment,
# method, by.
channel_closed = Signal()
