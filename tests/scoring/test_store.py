import numpy as np
import pytest
from django.db import connection

from responses.models import SurveyResponse
from responses.workflow import ReportState
from scoring import computing, store
from scoring.batteries import battery_of
from scoring.engine.reports import InvalidReportError, unpack
from scoring.models import ResponseScore, Scope, ScoreSummary
from tests.scoring.seasons import from_scratch, report, small_season, stored

pytestmark = pytest.mark.django_db


def test_approved_reports_are_read_in_the_order_of_their_keys():
    season, (first, second, *_) = small_season()
    reports = [
        report(second, state=ReportState.APPROVED, nps="9"),
        report(first, state=ReportState.APPROVED, method="email", answered=False),
        report(first, state=ReportState.APPROVED, method="chat"),
    ]
    for state in sorted(set(ReportState.values) - {ReportState.APPROVED}):
        report(first, state=state)
    report(small_season()[1][0], state=ReportState.APPROVED)
    battery = battery_of(season)

    found = computing.approved_reports(season, battery)

    assert found.id.tolist() == [one.pk for one in reports]
    assert found.enrolment.tolist() == [second.pk, first.pk, first.pk]
    assert found.method.tolist() == [0, 1, 2]
    assert found.week.tolist() == [202148] * 3
    assert found.answered.tolist() == [True, False, True]
    assert unpack(battery, found.answers[0].tobytes())["nps"] == 9
    assert unpack(battery, found.answers[1].tobytes()) == {"waiting_email": 3}


def test_approved_reports_of_some_enrolments():
    season, (first, second, *_) = small_season()
    report(first, state=ReportState.APPROVED)
    wanted = report(second, state=ReportState.APPROVED)

    assert computing.approved_reports(season, battery_of(season), [second.pk]).id.tolist() == [wanted.pk]


def test_packed_answers_say_what_the_answer_rows_say():
    season, (enrolment, *_) = small_season()
    response = report(enrolment, state=ReportState.APPROVED, agent_needs="one", csat="2", overall_would_buy="na")
    battery = battery_of(season)
    rows = response.answers.filter(option__isnull=False).values_list("question__code", "option__position")

    chosen = unpack(battery, computing.approved_reports(season, battery).answers[0].tobytes())

    assert chosen == {code: position - 1 for code, position in rows}


def test_report_without_packed_answers_is_refused():
    season, (enrolment, *_) = small_season()
    response = report(enrolment, state=ReportState.APPROVED)
    SurveyResponse.objects.filter(pk=response.pk).update(packed=b"")

    with pytest.raises(InvalidReportError):
        store.write_season(season)


def test_season_without_reports_has_no_scores():
    season, enrolments = small_season()

    assert store.write_season(season) == 0
    store.write_enrolments(season, [enrolments[0].pk])

    assert stored(season) == [[], []]


def test_other_seasons_keep_their_rows():
    season, (enrolment, *_) = small_season()
    other, (elsewhere, *_) = small_season()
    for place in (enrolment, elsewhere):
        report(place, state=ReportState.APPROVED)
    store.write_season(season)
    before = stored(season)

    store.write_season(other)
    store.write_enrolments(other, [elsewhere.pk])

    assert stored(season) == before
    assert len(before[0]) == 1


def test_participants_that_are_replaced_together_end_as_one_by_one():
    season, enrolments = small_season(classes=3, participants=2)
    for enrolment in enrolments[:-1]:
        report(enrolment, state=ReportState.APPROVED, overall_impression="good")
    store.write_enrolments(season, [one.pk for one in enrolments])
    at_once = stored(season)
    report(enrolments[-1], state=ReportState.APPROVED, method="chat")
    store.write_enrolments(season, [enrolments[-1].pk, enrolments[0].pk])

    assert at_once[0]
    assert stored(season) == from_scratch(season)
    assert stored(season) != at_once


def test_report_whose_questions_are_all_left_out_has_no_score():
    season, (enrolment, other, *_) = small_season()
    whole, empty = (report(enrolment, state=ReportState.APPROVED) for _ in range(2))
    questions = len(battery_of(season).questions)
    SurveyResponse.objects.filter(pk=empty.pk).update(packed=np.full(questions, -1, "<i2").tobytes())

    store.write_season(season)

    rows = dict(ResponseScore.objects.filter(season=season).values_list("response_id", "score"))
    assert rows == {whole.pk: 100, empty.pk: None}
    summary = ScoreSummary.objects.get(season=season, scope=Scope.PARTICIPANT, method="")
    assert (summary.contacts, summary.answered, summary.total) == (2, 2, 100)
    assert other.summaries.count() == 0


def test_participant_of_whom_nothing_could_give_points_has_no_total():
    season, (enrolment, *_) = small_season()
    response = report(enrolment, state=ReportState.APPROVED)
    questions = len(battery_of(season).questions)
    SurveyResponse.objects.filter(pk=response.pk).update(packed=np.full(questions, -1, "<i2").tobytes())

    store.write_season(season)
    store.write_enrolments(season, [enrolment.pk])

    summaries = ScoreSummary.objects.filter(season=season, method="").order_by("pk")
    assert list(summaries.values_list("scope", "contacts", "total", "rank_class")) == [
        (Scope.PARTICIPANT, 1, None, 1),
        (Scope.CLASS, 1, None, None),
        (Scope.SEASON, 1, None, None),
    ]
    assert stored(season) == from_scratch(season)


@pytest.mark.parametrize(
    "wrong",
    [{"points": 1}, {"possible": 1}, {"score": 1.0}, {"score": None}, {"areas": b""}, {"areas": bytes(32)}],
    ids=str,
)
def test_score_that_is_wrong_is_put_right_and_the_others_stay(wrong, count_queries):
    season, (first, second, *_) = small_season()
    mended, right = (report(one, state=ReportState.APPROVED, overall_valued="some") for one in (first, second))
    store.write_season(season)
    before = stored(season)
    ResponseScore.objects.filter(pk=mended.pk).update(**wrong)

    with count_queries() as queries:
        store.write_season(season)

    written = [sql for sql in queries if "scoring_responsescore" in sql and not sql.startswith("SELECT")]
    written = [sql for sql in written if "TO STDOUT" not in sql]
    assert [sql.removeprefix("1 times: ").split()[0] in {"DELETE", "COPY", "INSERT"} for sql in written] == [True, True]
    assert f"({mended.pk})" in written[0]
    assert stored(season) == before
    assert ResponseScore.objects.get(pk=right.pk).points == 98


@pytest.mark.parametrize(
    "wrong",
    [
        {"contacts": 9},
        {"answered": 9},
        {"total": 1.0},
        {"total": None},
        {"answered_score": None},
        {"rank_class": None},
        {"rank_overall": 7},
        {"vector": b"short"},
        {"sums": b""},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["", "phone"])
def test_summary_that_is_wrong_is_put_right_and_the_others_stay(wrong, method):
    season, (first, second, third, *_) = small_season()
    for one in (first, second):
        report(one, state=ReportState.APPROVED)
    unanswered = report(third, method="email", state=ReportState.APPROVED, answered=False)
    store.write_season(season)
    before = stored(season)
    ScoreSummary.objects.filter(enrolment=first, method=method).update(**wrong)
    ScoreSummary.objects.filter(enrolment=unanswered.enrolment_id, method="").delete()
    kept = ScoreSummary.objects.get(enrolment=second, method=method).pk

    store.write_season(season)

    assert stored(season) == before
    stayed = ScoreSummary.objects.filter(pk=kept).exists()
    assert stayed == (connection.vendor == "postgresql")


def test_scores_that_are_right_are_not_written_anew(count_queries):
    season, (enrolment, *_) = small_season()
    report(enrolment, state=ReportState.APPROVED)
    report(enrolment, state=ReportState.APPROVED, answered=False)
    store.write_season(season)

    with count_queries() as queries:
        store.write_season(season)
        store.write_enrolments(season, [enrolment.pk])

    asked = [sql for sql in queries if "scoring_responsescore" in sql]
    assert [sql.startswith(("SELECT", "COPY (SELECT")) for sql in asked] == [True, True]
