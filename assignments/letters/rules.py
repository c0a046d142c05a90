"""Who looks after the letters to observers."""

import rules

from ksp.accounts.rules import is_manager, is_own_organisers

rules.add_perm("letters.send_letter", is_manager & is_own_organisers)
