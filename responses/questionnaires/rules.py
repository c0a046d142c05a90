"""Who may do what with questionnaires."""

import rules

from ksp.accounts.rules import is_manager, is_own_organisers

rules.add_perm("questionnaires.read_questionnaire", is_manager & is_own_organisers)
rules.add_perm("questionnaires.change_questionnaire", is_manager & is_own_organisers)
