"""What reports put on the manager's pages of observers and assignments."""

from assignments.models import Assignment
from ksp.accounts.models import User
from ksp.lib.panels import Panel
from observers.models import Observer
from responses.grading import ASPECTS, internal_score
from responses.models import Grade, SurveyResponse

LATEST = 10


def observers_reports(observer: Observer, user: User) -> Panel:
    """Show an observer's latest reports, with the grade of each out of 100."""
    rows = SurveyResponse.objects.visible_to(user).filter(observer=observer)
    latest = rows.select_related("enrolment__participant", "season", "grade").defer("packed").order_by("-pk")[:LATEST]
    return Panel("responses/_observer_reports.html", {"rows": [(report, _grade(report)) for report in latest]})


def _grade(report: SurveyResponse) -> float | None:
    """What the report's own grade would make the score, or none while it has no grade."""
    try:
        grade = report.grade
    except Grade.DoesNotExist:
        return None
    marks = {aspect: getattr(grade, aspect) for aspect in ASPECTS}
    return internal_score([marks], weights=report.season.settings.grade_weights)


def assignments_report(assignment: Assignment, user: User) -> Panel | None:
    """Show the report of a contact, once there is one."""
    rows = SurveyResponse.objects.visible_to(user).defer("packed")
    report = rows.filter(assignment=assignment).first()
    return Panel("responses/_assignment_report.html", {"report": report}) if report is not None else None
