import numpy as np
from hypothesis import given

from scoring.engine.scores import score_reports
from scoring.statistics.worth import counted_questions, worth
from tests.scoring.engine.cases import Report, arrays, battery, seasons


def test_an_answer_is_worth_its_points_out_of_its_questions():
    built = battery()
    reports = arrays(
        built,
        [
            Report(answers={"wait": 1, "name": 2, "site": 0, "listen": 1, "nps": 9}),
            Report(method="email", answers={"wait": 0, "spelling": 1}),
            Report(answered=False, answers={"wait": 3, "name": 0}),
        ],
    )

    found = worth(built, reports, np.array([0, 1, 2, 3, 4]))

    assert found.points.tolist() == [[3, 0, 10, 2, 0], [5, 0, 0, 0, 0], [0, 0, 0, 0, 0]]
    assert found.possible.tolist() == [[5, 0, 10, 6, 0], [5, 0, 0, 0, 10], [0, 0, 0, 0, 0]]
    wanted = [[0.6, np.nan, 1, 1 / 3, np.nan], [1, np.nan, np.nan, np.nan, 0], [np.nan] * 5]
    np.testing.assert_allclose(found.share, wanted)


@given(seasons())
def test_what_counts_adds_up_to_the_contacts_score(season):
    specs, drawn = season
    built = battery(specs)
    reports = arrays(built, drawn)
    scores = score_reports(built, reports)

    found = worth(built, reports, counted_questions(built))

    answered = reports.answered
    assert found.points.sum(axis=1)[answered].tolist() == scores.points[answered].tolist()
    assert found.possible.sum(axis=1)[answered].tolist() == scores.possible[answered].tolist()
