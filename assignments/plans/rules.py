"""Who may make plans."""

import rules

from ksp.accounts.rules import is_manager, is_own_organisers

rules.add_perm("plans.make_plan", is_manager & is_own_organisers)
