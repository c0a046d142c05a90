"""Every page in both languages, both colour schemes, on a phone and a desk: no violation of axe, nothing foreign."""

import pytest
from django.urls import reverse
from django.utils import timezone

from assignments.batches import offer_planned
from assignments.letters.models import Letter
from assignments.models import Assignment
from assignments.plans.models import PlanProposal
from assignments.workflow import AssignmentState
from ksp.accounts.services import system_user
from observers.models import Observer
from participants.models import Participant
from responses.models import SurveyResponse
from responses.workflow import ReportState
from scoring.services import refresh_owed_statistics
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.seasons import play_small_season
from tests.factories.calendars import CalendarFeedFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
# Four looks of eight, so chosen that each two of width, colours and language meet.
LOOKS = [
    {"viewport": viewport, "scheme": scheme, "language": language}
    for viewport, scheme, language in (
        (PHONE, "light", "nb"),
        (PHONE, "dark", "en"),
        (DESK, "light", "en"),
        (DESK, "dark", "nb"),
    )
]
STAFF_PAGES = (
    "reports:control",
    "reports:follow_up",
    "reports:behind",
    "reports:shifts",
    "responses:queue",
    "assignments:list",
    "assignments:create",
    "plans:home",
    "letters:outbox",
    "applications:list",
    "teams:team",
    "teams:choose",
    "teams:advice",
    "observers:list",
    "participants:list",
    "participants:seasons",
    "accounts:profile",
    "accounts:create_token",
)
STATISTICS_PAGES = (
    "reports:statistics",
    "reports:statistics_reliability",
    "reports:statistics_fairness",
    "reports:statistics_drivers",
    "reports:statistics_questions",
    "reports:statistics_seasons",
    "reports:statistics_methods",
)
ADMINISTRATOR_PAGES = (
    "accounts:administration",
    "accounts:users",
    "accounts:invite",
    "accounts:audit",
    "participants:imports",
    "participants:import_participants",
)
OBSERVER_PAGES = (
    "applications:own",
    "teams:report_relation",
    "assignments:observer_home",
    "assignments:own_list",
    "assignments:manual",
    "calendars:own",
    "letters:offers",
    "observers:own_page",
)
PARTICIPANT_PAGES = (
    "reports:dashboard",
    "reports:drivers",
    "reports:answers",
    "reports:comments",
    "reports:results",
    "accounts:profile",
)
TRIAL = "try=1&mean=pooled&ties=agent&best_on=phone&least_contacts_ranked=1&least_contacts_method=1&least_class_size=1"
PUBLIC_PAGES = ("account_login", "account_reset_password", "reports:results")


def public_pages():
    return [*map(reverse, PUBLIC_PAGES), "/nothing-here/"]


def manager_pages():
    season = reverse("questionnaires:detail", args=["KSP22"])
    reports = {report.state: report for report in SurveyResponse.objects.exclude(state=ReportState.DRAFT)}
    assert {ReportState.SUBMITTED, ReportState.APPROVED} <= set(reports)
    planned = Assignment.objects.filter(state=AssignmentState.PLANNED).first()
    return [
        *map(reverse, (*STAFF_PAGES, *STATISTICS_PAGES)),
        season,
        *(reverse("responses:review", args=[report.public_id]) for report in reports.values()),
        reverse("scoring:rules", args=["KSP22"]),
        reverse("responses:correct", args=[SurveyResponse.objects.approved().filter(is_answered=True)[0].public_id]),
        planned.get_absolute_url(),
        *plan_pages(),
        Letter.objects.held().first().get_absolute_url(),
        reverse("observers:detail", args=[Observer.objects.first().public_id]),
        reverse("participants:detail", args=[Participant.objects.first().public_id]),
        *explanations_of(SurveyResponse.objects.approved().first().enrolment),
    ]


def plan_pages():
    """Give the season's proposals, a participant in each, and two beside each other."""
    contacts = [one.contacts.select_related("participant").first() for one in PlanProposal.objects.all()]
    season = PlanProposal.objects.filter(kind="season").first().public_id
    return [
        reverse("plans:settings", args=["KSP22"]),
        f"{reverse('plans:compare')}?a={season}&b={season}",
        *(one.proposal.get_absolute_url() for one in contacts if one),
        *(participant_plan(one) for one in contacts if one),
    ]


def participant_plan(contact):
    place = reverse("plans:participant", args=[contact.proposal.public_id, contact.participant.public_id])
    return f"{place}?contact={contact.number}"


def administrator_pages():
    rules = reverse("scoring:rules", args=["KSP22"])
    return [
        *map(reverse, (*STAFF_PAGES, *ADMINISTRATOR_PAGES)),
        reverse("participants:season", args=["KSP22"]),
        reverse("participants:season_settings", args=["KSP22"]),
        rules,
        f"{rules}?{TRIAL}",
    ]


def observer_pages():
    own = Observer.objects.get(user__email="observer@ksp.example")
    reports = {report.state: report for report in own.responses.all()}
    offered = own.assignments.filter(state=AssignmentState.OFFERED)[:1]
    return [
        *map(reverse, OBSERVER_PAGES),
        *(reverse("responses:form", args=[report.public_id]) for report in reports.values()),
        *(reverse("responses:contact", args=[report.public_id]) for report in reports.values()),
        *(reverse("assignments:own_detail", args=[item.public_id]) for item in offered),
    ]


def participant_pages():
    report = SurveyResponse.objects.filter(
        state=ReportState.APPROVED, enrolment__participant__representatives__user__email="participant@ksp.example"
    ).first()
    return [
        *map(reverse, PARTICIPANT_PAGES),
        reverse("reports:answer", args=[report.public_id]),
        reverse("reports:explain_contact", args=[report.public_id]),
        *explanations_of(report.enrolment),
    ]


def explanations_of(enrolment):
    """Give a number of every kind of one participant, taken apart."""
    season = enrolment.season.code
    figures = ("total", "area.agent", "question.agent_needs", "cx.nps", "rank_class")
    return [
        *(reverse("reports:explain", args=[season, enrolment.participant.public_id, figure]) for figure in figures),
        reverse("reports:explain_class", args=[season, enrolment.award_class_id, "total"]),
        reverse("reports:explain_season", args=[season, "cx.nps"]),
    ]


WHO = {
    "": public_pages,
    "admin": administrator_pages,
    "manager": manager_pages,
    "observer": observer_pages,
    "participant": participant_pages,
}


@pytest.mark.timeout(900)
def test_every_page_is_for_everybody(visit, settings):
    play_small_season(settings)
    CalendarFeedFactory(observer=Observer.objects.get(user__email="observer@ksp.example"))
    hold_a_letter()
    refresh_owed_statistics()

    troubles = [trouble for who in WHO for look in LOOKS for trouble in troubles_of(visit, who, look)]

    assert troubles == []


def hold_a_letter():
    """Offer the observer, and somebody else, contacts that they are not told of yet."""
    own = Observer.objects.get(user__email="observer@ksp.example")
    planned = Assignment.objects.filter(state=AssignmentState.PLANNED, observer__isnull=False)
    keys = [*planned.filter(observer=own)[:2], *planned.exclude(observer=own)[:2]]
    by = system_user(own.organiser)
    offer_planned([item.pk for item in keys], now=timezone.now(), is_held=True, by=by)


def troubles_of(visit, who, look):
    """Return what is wrong with the pages of one person in one look."""
    visitor = visit(**look)
    if who:
        visitor.sign_in(f"{who}@ksp.example")
    for path in WHO[who]():
        visitor.page.goto(visitor.base + path)
        seen = f"{who or 'anybody'} {path} {look['viewport']['width']} {look['scheme']} {look['language']}"
        found = visitor.violations()
        if beyond := visitor.width_beyond_the_window():
            found.append(f"{beyond} pixels too wide")
        yield from (f"{seen}: {one}" for one in found)
    heard = [text for text in visitor.complaints if "404" not in text]
    yield from (f"{who} {look['scheme']}: {text}" for text in [*heard, *visitor.foreign])


def test_a_picture_without_words_would_be_found(visit):
    visitor = visit(viewport=PHONE)
    visitor.open(reverse("account_login"))
    visitor.page.evaluate("document.querySelector('main').append(document.createElement('img'))")

    assert [found.partition(":")[0] for found in visitor.violations()] == ["image-alt"]
