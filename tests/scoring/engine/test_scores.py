import numpy as np
import pytest
from hypothesis import given

from scoring.engine.battery import METHODS
from scoring.engine.reports import Reports
from scoring.engine.scores import score_reports
from tests.scoring.engine.cases import AREAS, Report, arrays, battery, contact_points, seasons

BEST = {"wait": 0, "name": 0, "listen": 0, "liking": 0}


def score(*reports):
    built = battery()
    return score_reports(built, arrays(built, reports))


@pytest.mark.parametrize(
    ("report", "points", "possible", "percentage"),
    [
        pytest.param(Report(answers=BEST), 31, 31, 100.0, id="all best"),
        pytest.param(Report(answers={**BEST, "wait": 2, "listen": 1}), 23, 31, 100 * 23 / 31, id="some lost"),
        pytest.param(Report(answers={**BEST, "name": 2}), 21, 21, 100.0, id="not applicable goes out of both"),
        pytest.param(Report(answers={"wait": 1, "name": 1}), 3, 15, 20.0, id="missing goes out of both"),
        pytest.param(Report(answers={"site": 0, "data": 0, "nps": 10}), 0, 0, np.nan, id="nothing that counts"),
        pytest.param(Report(answered=False, answers={"wait": 3}), 0, 31, 0.0, id="unanswered phone"),
        pytest.param(Report(method="email", answered=False), 0, 35, 0.0, id="unanswered e-mail"),
        pytest.param(Report(method="email", answers={"spelling": 0, "name": 1}), 10, 20, 50.0, id="own questions"),
        pytest.param(Report(method="chat", answers={"listen": 0, "name": 1}), 0, 10, 0.0, id="not asked, not counted"),
    ],
)
def test_contact_scores_points_over_possible_points(report, points, possible, percentage):
    scores = score(report)

    assert (scores.points.tolist(), scores.possible.tolist()) == ([points], [possible])
    np.testing.assert_array_equal(scores.score, [percentage])


def test_areas_of_a_contact_add_up_and_an_unanswered_one_has_waiting_only():
    scores = score(Report(answers={**BEST, "listen": 1}), Report(answered=False))

    assert scores.area_points.tolist() == [[5, 10, 2, 10], [0, 0, 0, 0]]
    assert scores.area_possible.tolist() == [[5, 10, 6, 10], [5, 0, 0, 0]]
    np.testing.assert_array_equal(scores.area_score[1], [0, np.nan, np.nan, np.nan])


@given(seasons())
def test_scores_are_those_of_the_oracle(season):
    specs, reports = season
    built = battery(specs)

    scores = score_reports(built, arrays(built, reports))

    totals = zip(scores.points.tolist(), scores.possible.tolist(), strict=True)
    assert list(totals) == [contact_points(specs, report) for report in reports]
    for place, area in enumerate(AREAS):
        own = zip(scores.area_points[:, place].tolist(), scores.area_possible[:, place].tolist(), strict=True)
        assert list(own) == [contact_points(specs, report, area) for report in reports]


def test_more_reports_than_a_block_score_like_each_of_them():
    built = battery()
    n = 3_000
    draw = np.random.default_rng(1)
    answers = (draw.random((n, len(built.questions))) * (built.option_counts + 1)).astype(np.int16) - 1
    reports = Reports(
        id=np.arange(n),
        enrolment=np.zeros(n, np.int64),
        method=draw.integers(0, len(METHODS), n).astype(np.int8),
        week=np.full(n, 202148, np.int32),
        answered=draw.random(n) > 0.1,
        answers=answers,
    )

    scores = score_reports(built, reports)

    for row in (0, 1_023, 1_024, 2_999):
        alone = score_reports(built, reports.take(slice(row, row + 1)))
        assert (scores.points[row], scores.possible[row]) == (alone.points[0], alone.possible[0])
