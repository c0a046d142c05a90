"""Who may do what with observers."""

import rules

from ksp.accounts.rules import is_administrator, is_manager, is_own_organisers

rules.add_perm("observers.read_observer", is_manager & is_own_organisers)
rules.add_perm("observers.change_observer", is_manager & is_own_organisers)
rules.add_perm("observers.import_observers", is_administrator & is_own_organisers)
