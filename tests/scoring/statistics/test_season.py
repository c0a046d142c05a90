import math
from dataclasses import asdict, replace

import numpy as np
import pytest

from scoring.engine.rules import Rules
from scoring.statistics.crossed import fit_crossed
from scoring.statistics.estimates import SeasonContacts
from scoring.statistics.intervals import contrast_interval, participant_intervals
from scoring.statistics.season import season_statistics
from tests.scoring.statistics.worlds import BATTERY, shuffled, world


def numbers(thing):
    """Every number in a nest of figures."""
    if isinstance(thing, dict):
        return [number for value in thing.values() for number in numbers(value)]
    if isinstance(thing, (list, tuple)):
        return [number for value in thing for number in numbers(value)]
    return [thing] if isinstance(thing, (int, float)) and not isinstance(thing, bool) else []


@pytest.fixture(scope="module")
def season():
    contacts = world()
    return contacts, season_statistics(contacts)


def test_every_result_of_a_participant_has_an_interval_that_encloses_it(season):
    contacts, found = season

    for own in found.enrolments.values():
        assert {
            "total",
            "answered_score",
            "waiting_all",
            "area.agent",
            "method.phone",
            "cx.nps",
        } <= own.estimates.keys()
        for estimate in own.estimates.values():
            assert estimate.interval.low <= estimate.value <= estimate.interval.high
    totals = [own.estimates["total"].value for own in found.enrolments.values()]
    assert totals == contacts.summaries.matrix[:, 0, contacts.layout.total].tolist()


def test_distances_are_those_of_the_published_means(season):
    contacts, found = season
    means = {key: figures.estimates["total"].value for key, figures in found.season.classes.items()}
    whole = found.season.season.estimates["total"].value

    for key, own in found.enrolments.items():
        total = own.estimates["total"].value
        assert own.to_class["total"].value == pytest.approx(total - means[contacts.class_of[key]], abs=1e-12)
        assert own.to_season["total"].value == pytest.approx(total - whole, abs=1e-12)
        assert own.to_class["total"].low <= own.to_class["total"].value <= own.to_class["total"].high


def test_chances_of_being_first_add_up_in_each_class_and_overall(season):
    contacts, found = season
    by_class = {}
    for key, own in found.enrolments.items():
        by_class.setdefault(contacts.class_of[key], []).append(own.standing.first_in_class)

    assert [sum(chances) for chances in by_class.values()] == pytest.approx([1, 1, 1])
    assert sum(own.standing.first_overall for own in found.enrolments.values()) == pytest.approx(1)


def test_every_two_participants_of_a_class_are_compared_once(season):
    contacts, found = season

    for key, figures in found.season.classes.items():
        members = {enrolment for enrolment, own in contacts.class_of.items() if own == key}
        pairs = [{pair.first, pair.second} for pair in figures.pairs]
        assert len(pairs) == math.comb(len(members), 2)
        assert set().union(*pairs) == members
        for pair in figures.pairs:
            high, low = (found.enrolments[each].estimates["total"].value for each in (pair.first, pair.second))
            assert pair.difference.value >= 0
            assert pair.difference.value == pytest.approx(high - low, abs=1e-12)


def test_order_of_the_reports_never_matters(season):
    contacts, found = season
    again = season_statistics(shuffled(contacts))

    assert numbers(asdict(again.season)) == pytest.approx(numbers(asdict(found.season)), rel=1e-7, abs=1e-7)
    ours, theirs = ({key: asdict(own) for key, own in each.enrolments.items()} for each in (found, again))
    assert numbers(theirs) == pytest.approx(numbers(ours), rel=1e-7, abs=1e-7)


def test_numbers_that_a_database_gave_out_never_matter(season):
    contacts, found = season
    keys = {key: 900 - 7 * key % 101 for key in contacts.class_of}
    reports = replace(contacts.reports, enrolment=np.array([keys[key] for key in contacts.reports.enrolment.tolist()]))
    class_of = {keys[key]: 50 - own for key, own in contacts.class_of.items()}

    again = season_statistics(SeasonContacts(contacts.battery, contacts.rules, reports, contacts.observer, class_of))

    for key, own in found.enrolments.items():
        assert numbers(asdict(again.enrolments[keys[key]])) == pytest.approx(numbers(asdict(own)), rel=1e-7, abs=1e-7)


def test_same_reports_give_the_same_figures(season):
    _, found = season
    again = season_statistics(world())

    assert again.season == found.season
    assert again.enrolments == found.enrolments


def test_severe_observers_are_found_and_their_participants_lifted():
    contacts = world(participants=40, observers=30, severity=1.0, seed=4)
    found = season_statistics(contacts)
    worst, best = found.season.severity[0], found.season.severity[-1]
    met_worst = {int(key) for key in contacts.reports.enrolment[contacts.observer == worst.observer]}
    met_best = {int(key) for key in contacts.reports.enrolment[contacts.observer == best.observer]}

    assert worst.effect < -5 < 5 < best.effect
    lift = {
        key: own.estimates["total"].adjusted - own.estimates["total"].value for key, own in found.enrolments.items()
    }
    lifted = np.mean([lift[key] for key in met_worst - met_best])
    lowered = np.mean([lift[key] for key in met_best - met_worst])
    assert lifted > 0 > lowered


def test_severity_is_that_of_the_fit_with_its_distance_in_spreads():
    contacts = world(participants=40, severity=1.0, seed=4)
    keys, observer = np.unique(contacts.observer, return_inverse=True)
    fit = fit_crossed(contacts.participant, observer, contacts.scores.score)

    found = {one.observer: one for one in season_statistics(contacts).season.severity}

    effects = fit.observer_effects
    away = effects - np.median(effects)
    own = [found[key] for key in keys.tolist()]
    assert [one.effect for one in own] == pytest.approx(effects.tolist())
    assert [one.standard_deviation for one in own] == pytest.approx(fit.observer_errors.tolist())
    assert [one.reports for one in own] == np.bincount(observer).tolist()
    assert [one.distance for one in own] == pytest.approx((away / (1.4826 * np.median(np.abs(away)))).tolist())


def test_distance_to_the_class_has_the_interval_of_that_contrast(season):
    contacts, found = season
    _, observer = np.unique(contacts.observer, return_inverse=True)
    score = contacts.scores.score
    fit = fit_crossed(contacts.participant, observer, score)
    intervals = participant_intervals(fit, contacts.participant, score)

    for place, key in enumerate(contacts.participants.tolist()):
        members = contacts.classes == contacts.classes[place]
        weights = (np.arange(len(members)) == place) - members / members.sum()
        _, low, high = contrast_interval(fit, intervals, weights)
        distance = found.enrolments[key].to_class["total"]
        assert distance.low == pytest.approx(min(low, distance.value))
        assert distance.high == pytest.approx(max(high, distance.value))


def test_mean_of_all_has_the_interval_of_equal_weights_moved_to_the_published_mean(season):
    contacts, found = season
    _, observer = np.unique(contacts.observer, return_inverse=True)
    score = contacts.scores.score
    fit = fit_crossed(contacts.participant, observer, score)
    weights = np.full(len(fit.counts), 1 / len(fit.counts))
    mean = contrast_interval(fit, participant_intervals(fit, contacts.participant, score), weights)

    estimate = found.season.season.estimates["total"]

    moved = estimate.value - float(weights @ (np.bincount(contacts.participant, score) / fit.counts))
    assert estimate.adjusted == pytest.approx(mean.value + moved)
    assert estimate.interval == pytest.approx((mean.low + moved, mean.high + moved))


def test_participant_who_never_answers_is_adjusted_to_nothing():
    contacts = world()
    contacts.reports.answered[:25] = False

    own = season_statistics(contacts).enrolments[100].estimates["total"]

    assert (own.value, own.interval.low) == (0, 0)
    assert own.adjusted < 0.5


def test_only_who_is_alone_in_its_class_has_no_distance_to_it():
    pair = season_statistics(world(participants=2, classes=1, contacts=10)).enrolments
    alone = season_statistics(world(participants=2, classes=2, contacts=10)).enrolments

    assert all("total" in own.to_class for own in pair.values())
    assert [("total" in own.to_class, "total" in own.to_season) for own in alone.values()] == [(False, True)] * 2


def test_numbers_are_finite_and_plain(season):
    _, found = season
    plain = numbers([asdict(found.season), *(asdict(own) for own in found.enrolments.values())])

    assert all(type(number) in (int, float) and math.isfinite(number) for number in plain)


@pytest.mark.parametrize(
    "contacts",
    [
        pytest.param(world(participants=6, contacts=1, classes=2), id="one contact each"),
        pytest.param(world(participants=1, classes=1, contacts=2), id="one participant with two contacts"),
        pytest.param(world(participants=2, classes=1, contacts=1, observers=2), id="two contacts in all"),
        pytest.param(world(participants=3, classes=3, contacts=3, observers=3), id="classes of one"),
    ],
)
def test_few_contacts_give_few_figures_and_no_error(contacts):
    found = season_statistics(contacts)

    everything = numbers([asdict(found.season), *(asdict(own) for own in found.enrolments.values())])
    assert all(math.isfinite(number) for number in everything)
    assert found.enrolments.keys() == set(contacts.class_of)


def test_season_without_reports_has_no_figures():
    contacts = world()
    nothing = SeasonContacts(BATTERY, Rules(), contacts.reports.take(slice(0, 0)), contacts.observer[:0], {})

    found = season_statistics(nothing)

    assert (found.season.reports, found.enrolments) == (0, {})
    assert (found.season.severity, found.season.items, found.season.weeks, found.season.methods) == ((), (), (), ())


def test_pooled_totals_have_the_interval_moved_to_them():
    contacts, pooled = world(), world(rules=Rules(mean="pooled"))
    plain, moved = season_statistics(contacts), season_statistics(pooled)

    for key, own in moved.enrolments.items():
        shift = own.estimates["total"].value - plain.enrolments[key].estimates["total"].value
        assert own.estimates["total"].adjusted == pytest.approx(
            plain.enrolments[key].estimates["total"].adjusted + shift, abs=1e-9
        )


def test_participants_below_the_least_contacts_have_no_standing():
    contacts = world(contacts=10)

    assert all(own.standing is None for own in season_statistics(contacts).enrolments.values())
