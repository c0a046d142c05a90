"""Writes what the files of a season say, in few statements."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils import timezone

from assignments.models import Assignment, RolePlay
from assignments.workflow import AssignmentState
from ksp.accounts.models import User
from ksp.lib.copying import copy_rows
from observers.models import Observer
from participants.models import AwardClass, Enrolment, Participant, Season
from reports.exports.contact_files import ContactRow
from reports.exports.questionnaire_files import EnrolmentRow
from responses.models import Answer, AttemptOutcome, ContactAttempt, SurveyResponse
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.packing import pack
from responses.questionnaires.selectors import Questionnaire, read_questionnaire
from responses.workflow import ReportState

BATCH = 1_000
REVIEWED = frozenset({ReportState.APPROVED, ReportState.REJECTED, ReportState.RETURNED})


class SeasonWriter:
    """Writes one season whose questionnaire is in place; ``by`` stands as the reviewer of what was decided."""

    def __init__(self, season: Season, *, by: User) -> None:
        self.season, self.by = season, by
        self.questionnaire = read_questionnaire(season)
        self.enrolments: dict[str, Enrolment] = {}

    def write_enrolments(self, rows: Iterable[EnrolmentRow]) -> None:
        """Enrol every participant of the files, in its class; those enrolled already stay as they are."""
        rows = list(rows)
        organiser = self.season.organiser_id
        known = set(Participant.objects.filter(organiser=organiser).values_list("code", flat=True))
        fresh = [row for row in rows if row.participant not in known]
        Participant.objects.bulk_create(
            (Participant(organiser_id=organiser, code=row.participant, name=row.name) for row in fresh),
            batch_size=BATCH,
        )
        participants = {item.code: item for item in Participant.objects.filter(organiser=organiser)}
        classes = self._classes({row.award_class for row in rows})
        enrolled = set(self.season.enrolments.values_list("participant__code", flat=True))
        Enrolment.objects.bulk_create(
            (
                Enrolment(
                    season=self.season,
                    participant=participants[row.participant],
                    award_class=classes[row.award_class],
                    planned_contacts=row.planned_contacts,
                    package=row.package,
                )
                for row in rows
                if row.participant not in enrolled
            ),
            batch_size=BATCH,
        )
        stored = self.season.enrolments.select_related("participant")
        self.enrolments = {item.participant.code: item for item in stored}

    def _classes(self, names: set[str]) -> dict[str, AwardClass]:
        known = set(self.season.classes.values_list("name", flat=True))
        AwardClass.objects.bulk_create(AwardClass(season=self.season, name=name) for name in sorted(names - known))
        return {item.name: item for item in self.season.classes.all()}

    def write_contacts(self, rows: Sequence[ContactRow]) -> None:
        """Make every report with its assignment, attempts and answers."""
        observers = self._observers({row.observer for row in rows})
        role_plays = self._role_plays(rows)
        assignments = [
            Assignment(
                season=self.season,
                enrolment=self.enrolments[row.participant],
                participant_id=self.enrolments[row.participant].participant_id,
                code=row.code,
                method=row.method,
                week=str(row.week),
                role_play=role_plays.get(row.role_play),
                observer=observers[row.observer],
                state=AssignmentState.ACCEPTED if row.state == ReportState.DRAFT else AssignmentState.DONE,
            )
            for row in rows
        ]
        Assignment.objects.bulk_create(assignments, batch_size=BATCH)
        pairs = list(zip(rows, assignments, strict=True))
        sheets = _Sheets(self.questionnaire, by=self.by)
        responses = [sheets.response(row, assignment) for row, assignment in pairs]
        SurveyResponse.objects.bulk_create(responses, batch_size=BATCH)
        reports = list(zip(rows, responses, strict=True))
        ContactAttempt.objects.bulk_create(_attempts(reports), batch_size=BATCH)
        copy_rows(Answer, ("response_id", "question_id", "option_id", "text", "version"), sheets.answers(reports))

    def _observers(self, pseudonyms: set[str]) -> dict[str, Observer]:
        """Make the observers of the files anew for this season: whom else they are is nobody's to know."""
        observers = [
            Observer(
                organiser_id=self.season.organiser_id,
                imported_with=self.season,
                code=f"{pseudonym}@{self.season.code}",
                pseudonym=pseudonym,
                is_active=False,
            )
            for pseudonym in sorted(pseudonyms)
        ]
        Observer.objects.bulk_create(observers, batch_size=BATCH)
        return {observer.pseudonym: observer for observer in observers}

    def _role_plays(self, rows: Iterable[ContactRow]) -> dict[str, RolePlay]:
        known = {item.code: item for item in self.season.role_plays.all()}
        classes = {row.role_play: self.enrolments[row.participant].award_class_id for row in rows if row.role_play}
        fresh = [
            RolePlay(season=self.season, award_class_id=award_class, code=code, title=code, story="")
            for code, award_class in sorted(classes.items())
            if code not in known
        ]
        RolePlay.objects.bulk_create(fresh)
        return known | {item.code: item for item in fresh}


class _Sheets:
    """Turns rows of the files into reports and answers of one questionnaire."""

    def __init__(self, questionnaire: Questionnaire, *, by: User) -> None:
        self.by, self.now = by, timezone.now()
        self.asked = questionnaire.asked
        self.by_code = questionnaire.by_code

    def response(self, row: ContactRow, assignment: Assignment) -> SurveyResponse:
        """Return the report, not yet stored."""
        is_draft = row.state == ReportState.DRAFT
        is_reviewed = row.state in REVIEWED
        return SurveyResponse(
            assignment=assignment,
            season=assignment.season,
            enrolment=assignment.enrolment,
            observer=assignment.observer,
            code=row.code,
            method=row.method,
            week=assignment.week,
            state=row.state,
            is_answered=row.is_answered,
            packed=None if is_draft else pack(self._numbers(row)),
            waiting_option_id=None if is_draft else self._waiting_option(row),
            submitted_at=row.submitted_at,
            first_submitted_at=row.submitted_at,
            reviewed_at=(row.approved_at or self.now) if is_reviewed else None,
            reviewed_by=self.by if is_reviewed else None,
        )

    def _numbers(self, row: ContactRow) -> list[int | None]:
        """Return the number of the chosen option for every question of the season."""
        return [
            asked.number_by_option[asked.option_by_code[row.options[code]].pk]
            if (code := asked.question.code) in row.options
            else None
            for asked in self.asked
        ]

    def _waiting_option(self, row: ContactRow) -> int | None:
        for code, option in row.options.items():
            if self.by_code[code].question.kind == QuestionKind.WAITING:
                return self.by_code[code].option_by_code[option].pk
        return None

    def answers(
        self, reports: Iterable[tuple[ContactRow, SurveyResponse]]
    ) -> Iterator[tuple[int, int, int | None, str, int]]:
        """Return the rows of all answers: report, question, option, text, version."""
        options = self._option_keys()
        questions = {code: asked.question.pk for code, asked in self.by_code.items()}
        for row, response in reports:
            for code, option in row.options.items():
                yield response.pk, questions[code], options[code][option], "", 1
            for code, text in row.texts.items():
                yield response.pk, questions[code], None, text, 1

    def _option_keys(self) -> Mapping[str, Mapping[str, int]]:
        return {
            code: {name: option.pk for name, option in asked.option_by_code.items()}
            for code, asked in self.by_code.items()
        }


def _attempts(reports: Iterable[tuple[ContactRow, SurveyResponse]]) -> Iterator[ContactAttempt]:
    for row, response in reports:
        for attempt in row.attempts:
            yield ContactAttempt(
                response=response,
                number=attempt.number,
                started_at=attempt.started_at,
                answered_at=attempt.answered_at,
                ended_at=attempt.answered_at if attempt.outcome == AttemptOutcome.ANSWERED else None,
                outcome=attempt.outcome,
            )
