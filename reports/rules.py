"""Who may do what with results."""

import rules

from ksp.accounts.rules import is_manager, is_own_organisers

rules.add_perm("reports.read_progress", is_manager & is_own_organisers)
