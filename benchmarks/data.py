"""Fills a database with a season of any size, in bulk: the shape of the real thing without its story."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from assignments.models import Assignment, RolePlay
from assignments.workflow import AssignmentState
from ksp.accounts.models import Organiser, Role, User
from ksp.accounts.services import create_organiser, system_user
from observers.models import Observer
from participants.models import AwardClass, Enrolment, Package, Participant, Representative, Season
from participants.services import create_season, open_season
from responses.models import Answer, AttemptOutcome, ContactAttempt, Grade, SurveyResponse
from responses.questionnaires.battery import load_battery
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.packing import pack
from responses.questionnaires.selectors import AskedQuestion, Questionnaire, questionnaire_of
from responses.questionnaires.services import install_battery
from responses.workflow import ReportState

METHODS = ("phone", "email", "chat", "messenger")
WEEKS = tuple([f"2021-W{week}" for week in range(48, 53)] + [f"2022-W{week:02d}" for week in range(1, 13)])
COMMENT = "Kundebehandleren var blid og imøtekommende, og sjekket at jeg hadde fått svar på det jeg lurte på. " * 2
STARTED = datetime(2022, 1, 3, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Filled:
    """What a measurement needs of a filled season."""

    season: Season
    manager: User
    observer: User
    participant: User


def fill(code: str, *, reports: int, participants: int = 188, classes: int = 23, seed: int = 7) -> Filled:
    """Store a season with that many reports: 70 % approved, 20 % submitted, 10 % drafts, every answer a row."""
    rng = random.Random(seed)
    organiser = create_organiser(name=f"Bench {code}", slug=f"bench-{code.lower()}")
    season = _season(organiser, code)
    enrolments = _enrolments(season, participants=participants, classes=classes)
    people = {role: _user(organiser, code, role) for role in (Role.MANAGER, Role.OBSERVER, Role.PARTICIPANT)}
    Representative.objects.create(user=people[Role.PARTICIPANT], participant=enrolments[0].participant)
    own = Observer.objects.create(organiser=organiser, code="own", user=people[Role.OBSERVER], methods=list(METHODS))
    others = Observer.objects.bulk_create(
        Observer(organiser=organiser, code=f"O{n}", first_name="Kari", methods=list(METHODS))
        for n in range(reports // participants + 2)
    )
    states = [*[ReportState.APPROVED] * 7, *[ReportState.SUBMITTED] * 2, ReportState.DRAFT]
    plan = [(states[n % 10], enrolments[n % participants], others[n // participants]) for n in range(reports)]
    _store(season, plan, rng=rng, reviewer=people[Role.MANAGER], prefix="B")
    drafts = [(ReportState.DRAFT, enrolment, own) for enrolment in enrolments]
    _store(season, drafts, rng=rng, reviewer=people[Role.MANAGER], prefix="D")
    return Filled(season, people[Role.MANAGER], people[Role.OBSERVER], people[Role.PARTICIPANT])


def _season(organiser: Organiser, code: str) -> Season:
    by = system_user(organiser)
    days = {"starts_on": date(2021, 11, 29), "ends_on": date(2022, 3, 31)}
    season = create_season(organiser, code=code, name=f"Season {code}", **days, by=by)
    install_battery(season.pk, battery=load_battery("KSP22"), by=by)
    return open_season(season.pk, by=by)


def _user(organiser: Organiser, code: str, role: Role) -> User:
    return User.objects.create_user(f"{role}-{code.lower()}@bench.example", organiser=organiser, name=role, role=role)


def _enrolments(season: Season, *, participants: int, classes: int) -> list[Enrolment]:
    made = AwardClass.objects.bulk_create(AwardClass(season=season, name=f"Klasse {n:02d}") for n in range(classes))
    centres = Participant.objects.bulk_create(
        Participant(organiser=season.organiser, code=f"{season.code}-{n}", name=f"Senter {n}")
        for n in range(participants)
    )
    RolePlay.objects.bulk_create(
        RolePlay(season=season, award_class=item, code=f"r{n}", title="Ny i byen", story="Du har flyttet.")
        for n, item in enumerate(made)
    )
    return Enrolment.objects.bulk_create(
        Enrolment(season=season, participant=centre, award_class=made[n % classes], package=Package.COMPETITOR)
        for n, centre in enumerate(centres)
    )


def _store(
    season: Season, plan: list[tuple[str, Enrolment, Observer]], *, rng: random.Random, reviewer: User, prefix: str
) -> None:
    questionnaire = questionnaire_of(season)
    for first in range(0, len(plan), 500):
        rows = list(_rows(season, plan[first : first + 500], first=first, rng=rng, prefix=prefix))
        assignments = Assignment.objects.bulk_create(row["assignment"] for row in rows)
        sheets = [_Sheet(questionnaire, assignment.method, rng) for assignment in assignments]
        responses = SurveyResponse.objects.bulk_create(
            _response(assignment, row["state"], sheet, reviewer=reviewer, at=row["at"])
            for assignment, row, sheet in zip(assignments, rows, sheets, strict=True)
        )
        pairs = list(zip(responses, sheets, strict=True))
        Answer.objects.bulk_create([answer for response, sheet in pairs for answer in sheet.answers(response)])
        ContactAttempt.objects.bulk_create(_attempt(response) for response in responses)
        approved = [response for response in responses if response.state == ReportState.APPROVED]
        Grade.objects.bulk_create(Grade(response=item, **_grade(rng)) for item in approved)


def _rows(
    season: Season, plan: list[tuple[str, Enrolment, Observer]], *, first: int, rng: random.Random, prefix: str
) -> Iterator[dict[str, Any]]:
    for number, (state, enrolment, observer) in enumerate(plan, start=first):
        is_draft = state == ReportState.DRAFT
        assignment = Assignment(
            season=season,
            enrolment=enrolment,
            participant_id=enrolment.participant_id,
            code=f"{prefix}-{number:06d}",
            method=rng.choice(METHODS[:3]),
            week=WEEKS[number * len(WEEKS) // max(len(plan) + first, 1) % len(WEEKS)],
            observer=observer,
            state=AssignmentState.ACCEPTED if is_draft else AssignmentState.DONE,
        )
        yield {"assignment": assignment, "state": state, "at": STARTED + timedelta(minutes=17 * number)}


class _Sheet:
    """Random answers to one contact's questions."""

    def __init__(self, questionnaire: Questionnaire, method: str, rng: random.Random) -> None:
        self.chosen: dict[int, int] = {}
        self.asked = questionnaire.asked
        self.method = method
        for asked in questionnaire.for_method(method):
            if asked.options:
                last = len(asked.options) - 1
                self.chosen[asked.question.pk] = (
                    0 if asked.question.kind == QuestionKind.WAITING else min(last, int(rng.expovariate(1.2)))
                )

    def packed(self) -> bytes:
        return pack([self.chosen.get(asked.question.pk) for asked in self.asked])

    def answers(self, response: SurveyResponse) -> Iterator[Answer]:
        for asked in self.asked:
            if asked.question.pk in self.chosen:
                option = asked.options[self.chosen[asked.question.pk]]
                yield Answer(response=response, question=asked.question, option=option)
            elif asked.question.kind == QuestionKind.COMMENT:
                yield Answer(response=response, question=asked.question, text=COMMENT)

    def waiting(self) -> AskedQuestion:
        return next(asked for asked in self.asked if _is_waiting(asked, self.method))


def _is_waiting(asked: AskedQuestion, method: str) -> bool:
    return asked.question.kind == QuestionKind.WAITING and method in asked.question.methods


def _response(assignment: Assignment, state: str, sheet: _Sheet, *, reviewer: User, at: datetime) -> SurveyResponse:
    response = SurveyResponse(
        assignment=assignment,
        season_id=assignment.season_id,
        enrolment_id=assignment.enrolment_id,
        observer_id=assignment.observer_id,
        code=assignment.code,
        method=assignment.method,
        week=assignment.week,
        state=state,
        is_answered=True,
    )
    if state != ReportState.DRAFT:
        response.submitted_at = response.first_submitted_at = at
        response.packed, response.waiting_option = sheet.packed(), sheet.waiting().options[0]
    if state == ReportState.APPROVED:
        response.reviewed_at, response.reviewed_by = timezone.now(), reviewer
    return response


def _attempt(response: SurveyResponse) -> ContactAttempt:
    answered_at = STARTED + timedelta(seconds=20)
    return ContactAttempt(
        response=response, number=1, started_at=STARTED, answered_at=answered_at, outcome=AttemptOutcome.ANSWERED
    )


def _grade(rng: random.Random) -> dict[str, int]:
    return {aspect: rng.randint(2, 4) for aspect in ("content", "instructions", "language", "punctuality")}
