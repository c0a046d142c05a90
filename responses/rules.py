"""Who may do what with reports."""

import rules

from ksp.accounts.models import User
from ksp.accounts.rules import is_manager, is_observer, is_own_organisers
from responses.models import SurveyResponse


@rules.predicate
def is_author(user: User, response: SurveyResponse | None) -> bool:
    """The person made the contact."""
    return response is not None and response.observer.user_id == user.pk


rules.add_perm("responses.report_surveyresponse", is_observer & is_author)
# Nobody reviews their own contact, whatever else they are.
rules.add_perm("responses.review_surveyresponse", is_manager & is_own_organisers & ~is_author)
# Nor corrects it afterwards.
rules.add_perm("responses.correct_surveyresponse", is_manager & is_own_organisers & ~is_author)
