"""Who may do what with seasons and participants."""

import rules

from ksp.accounts.rules import is_administrator, is_manager, is_own_organisers

rules.add_perm("participants.read_season", is_manager & is_own_organisers)
rules.add_perm("participants.read_participant", is_manager & is_own_organisers)
rules.add_perm("participants.change_season", is_administrator & is_own_organisers)
rules.add_perm("participants.change_enrolment", is_manager & is_own_organisers)
rules.add_perm("participants.import_participants", is_administrator & is_own_organisers)
rules.add_perm("participants.pause_class", is_manager & is_own_organisers)
