import pytest

from participants.models import AwardClass
from scoring.computing import compute_season
from scoring.engine.rules import Rules
from scoring.moves import AwardMove, NumberMove, tried, what_moves
from scoring.selectors import computed_results, season_results
from scoring.services import settle_owed_recomputes
from tests.factories.participants import SeasonFactory
from tests.scoring.seasons import RANKED, approve, report, small_season, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def played():
    """Give a season of one class; one participant has a contact without an answer, two have short ones."""
    season, (first, second, third) = small_season(classes=1)
    AwardClass.objects.filter(pk=first.award_class_id).update(name="Strøm")
    approve(report(first, overall_impression="very_bad", overall_would_buy="na", agent_additional="na"))
    approve(report(first))
    approve(report(second, agent_additional="na", welcome_easy="very_hard"))
    approve(report(second, overall_impression="fair"))
    approve(report(third, method="email", answered=False))
    approve(report(third, method="email"))
    settle_owed_recomputes()
    return season, (first, second, third)


def moves_of(season, **rules):
    return what_moves(season, Rules(**{"min_contacts_ranked": 1, **rules}))


def test_the_same_rules_move_nothing(played):
    season, _ = played

    moves = moves_of(season)

    assert (moves.reports, moves.is_any) == (6, False)
    assert (moves.figures, moves.participants, moves.awards) == ([], [], [])


def test_nothing_is_written(played):
    season, _ = played
    before = stored(season)

    assert moves_of(season, mean="pooled").is_any

    assert stored(season) == before


def test_pooled_points_move_totals_by_what_the_results_of_both_say(played):
    season, enrolments = played
    before = {item.enrolment.pk: item.results for item in season_results(season).participants}

    moves = moves_of(season, mean="pooled")

    season.stored_settings = {**RANKED, "mean": "pooled"}
    season.save()
    after = {item.enrolment.pk: item.results for item in computed_results(compute_season(season)).participants}
    found = {move.enrolment.pk: move for move in moves.participants}
    for enrolment in enrolments:
        old, new = before[enrolment.pk], after[enrolment.pk]
        differs = abs(old.all_methods.total - new.all_methods.total) > 1e-9
        assert (enrolment.pk in found) == (differs or old.rank_class != new.rank_class)
        if enrolment.pk in found:
            move = found[enrolment.pk]
            assert move.total == NumberMove(old.all_methods.total, new.all_methods.total)
            assert move.in_class == NumberMove(old.rank_class, new.rank_class)
            assert move.overall == NumberMove(old.rank_overall, new.rank_overall)
    total = next(figure for figure in moves.figures if figure.name == "Totalresultat")
    sizes = {key: move.total.difference for key, move in found.items()}
    assert total.participants == sum(abs(size) > 1e-9 for size in sizes.values())
    assert total.largest == sizes[total.whose.pk] == max(sizes.values(), key=abs)


def test_who_loses_the_place_comes_first(played):
    season, (first, second, third) = played
    approve(report(first))

    moves = moves_of(season, min_contacts_ranked=3)

    assert [(move.enrolment, move.in_class.after) for move in moves.participants] == [(second, None), (third, None)]
    assert all(move.in_class.size == float("inf") for move in moves.participants)
    assert not any(figure.name == "Totalresultat" for figure in moves.figures)


def test_awards_that_are_no_longer_given_are_named(played):
    season, (_first, _second, third) = played

    moves = moves_of(season, min_class_size=4, min_contacts_method=2, best_on=("email",))

    given = season_results(season).awards
    (winner,) = [one.winner.enrolment.participant.name for one in given if one.award == "class_winner"]
    assert moves.awards == [
        AwardMove("Klassevinner, Strøm", (winner,), ()),
        AwardMove("Best på e-post", (), (third.participant.name,)),
    ]


def test_area_over_all_moves_its_result_and_no_total(played):
    season, (_first, _second, third) = played

    moves = moves_of(season, areas_over_all=("agent",))

    (figure,) = moves.figures
    assert (figure.name, figure.participants, figure.largest, figure.whose) == ("Kundebehandleren", 1, -50.0, third)
    assert (moves.participants, moves.is_any) == ([], True)


def test_result_that_comes_to_be_has_no_size():
    season, (silent, *_) = small_season(classes=1)
    approve(report(silent, answered=False))

    moves = moves_of(season, areas_over_all=("welcome",))

    (figure,) = moves.figures
    assert (figure.name, figure.participants, figure.largest) == ("Mottak og velkomst", 1, None)


def test_trial_names_the_sentences_that_change(played):
    season, _ = played

    trial = tried(season, {"least_contacts_ranked": 2})

    assert trial.sentences == [
        ("En plass krever minst 1 godkjent kontakt.", "En plass krever minst 2 godkjente kontakter.")
    ]
    assert (trial.first, trial.rest) == ([], [])


def test_season_without_reports_or_questionnaire_moves_nothing():
    season = SeasonFactory()

    trial = tried(season, {"mean": "pooled"})

    assert (trial.moves.reports, trial.moves.is_any, len(trial.sentences)) == (0, False, 1)


def test_number_that_stays_has_no_size():
    assert (NumberMove(None, None).is_move, NumberMove(3, 3).is_move, NumberMove(3, None).is_move) == (
        False,
        False,
        True,
    )
    assert NumberMove(1.0, 1.0 + 1e-12).is_move is False
