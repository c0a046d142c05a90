"""Who may do what with scores."""

import rules

from ksp.accounts.rules import is_administrator, is_own_organisers

rules.add_perm("scoring.recompute_scores", is_administrator & is_own_organisers)
rules.add_perm("scoring.import_sister_results", is_administrator & is_own_organisers)
