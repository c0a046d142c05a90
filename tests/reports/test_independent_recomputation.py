"""Recomputes a season's results from its exported answers alone, with fractions, by the rules of the award."""

import csv
import json
from collections import Counter, defaultdict
from fractions import Fraction

import pytest

from participants.services import change_season_settings
from scoring.services import recompute_season
from tests.rehearsal.playing import small_season

# The season is played in a database; the tests read its files alone.
pytestmark = pytest.mark.django_db
METHODS = ("phone", "email", "chat", "messenger")
# What a season of eight contacts asks for, to be ranked, to be best on a method, and to have a class winner.
USUAL = {
    "mean": "contacts",
    "min_contacts_ranked": 6,
    "min_contacts_method": 2,
    "min_class_size": 3,
    "areas_over_all": [],
    "ties": ["answered_score", "agent"],
    "best_on": list(METHODS),
}
OTHERWISE = {
    "mean": "pooled",
    "least_contacts_ranked": 7,
    "least_contacts_method": 1,
    "least_class_size": 4,
    "areas_over_all": ["agent", "waiting"],
    "ties": ["agent"],
    "best_on": ["phone", "email"],
}
NEAR = 1e-9


@pytest.fixture(scope="module")
def played(django_db_setup, django_db_blocker, tmp_path_factory):
    return small_season(django_db_blocker, tmp_path_factory.mktemp("season"))


@pytest.fixture(scope="module")
def half(django_db_setup, django_db_blocker, tmp_path_factory):
    return small_season(django_db_blocker, tmp_path_factory.mktemp("half"), code="T23", progress=0.4, seed=8)


@pytest.fixture(scope="module")
def otherwise(django_db_setup, django_db_blocker, tmp_path_factory):
    """A season that decided everything it may decide otherwise."""

    def decide(season, director):
        change_season_settings(season.pk, settings=OTHERWISE, by=director)
        recompute_season(season.pk, by=director)
        season.refresh_from_db()

    return small_season(django_db_blocker, tmp_path_factory.mktemp("otherwise"), code="T24", afterwards=decide)


class Files:
    """The exported files as rows, and what a contact's answers are worth by the rules that the results name."""

    def __init__(self, folder, rules):
        self.rules = rules
        rows = {}
        for path in folder.iterdir():
            with path.open(encoding="utf-8", newline="") as file:
                rows[path.stem] = list(csv.DictReader(file))
        self.enrolments = {row["participant"]: row for row in rows["enrolments"]}
        self.questions = {row["question"]: row for row in rows["questions"]}
        self.options = {(row["question"], row["option"]): row for row in rows["options"]}
        self.contacts = [row for row in rows["contacts"] if row["state"] == "approved"]
        self.answers = defaultdict(dict)
        for row in rows["answers"]:
            self.answers[row["contact"]][row["question"]] = row["option"]
        self.possible = defaultdict(int)
        for (question, _option), row in self.options.items():
            self.possible[question] = max(self.possible[question], int(row["points"]))

    def counts(self, question):
        return self.questions[question]["kind"] in {"waiting", "scored"}

    def scored_areas(self):
        return sorted({row["area"] for code, row in self.questions.items() if self.counts(code)})

    def share(self, contact, area=None):
        """Points and possible points of one contact, in all or in one area; None where nothing is possible."""
        asked = [
            code
            for code, row in self.questions.items()
            if self.counts(code) and contact["method"] in row["methods"].split() and area in {None, row["area"]}
        ]
        if contact["answered"] == "false":
            possible = sum(self.possible[code] for code in asked)
            return (0, possible) if possible else None
        points = possible = 0
        for code in asked:
            option = self.answers[contact["contact"]].get(code)
            if option is None or self.options[code, option]["not_applicable"] == "true":
                continue
            points += int(self.options[code, option]["points"])
            possible += self.possible[code]
        return (points, possible) if possible else None

    def mean(self, contacts, area=None):
        """The rule's mean of these contacts, and how many there are that have anything possible."""
        known = [share for contact in contacts if (share := self.share(contact, area)) is not None]
        if self.rules["mean"] == "pooled" and known:
            return Fraction(sum(points for points, _ in known), sum(possible for _, possible in known)), len(known)
        return mean(Fraction(*share) for share in known), len(known)


def mean(numbers):
    """Give the mean of those that are known, None where none is."""
    known = [number for number in numbers if number is not None]
    return sum(known, Fraction(0)) / len(known) if known else None


def results_of(files, contacts):
    """The results of some contacts of one participant."""
    answered = [contact for contact in contacts if contact["answered"] == "true"]
    over_all = set(files.rules["areas_over_all"])
    areas = {area: files.mean(contacts if area in over_all else answered, area) for area in files.scored_areas()}
    return {
        "contacts": len(contacts),
        "answered": len(answered),
        "total": files.mean(contacts)[0],
        "answered_score": files.mean(answered)[0],
        "agent": areas["agent"][0],
        "areas": areas,
        "waiting_all": files.mean(contacts, "waiting")[0],
    }


def cx_of(files, contacts):
    """How many chose each step of each CX scale."""
    counts = {code: Counter() for code, row in files.questions.items() if row["kind"] == "cx"}
    for contact in contacts:
        for code, chosen in counts.items():
            option = files.answers[contact["contact"]].get(code)
            if option is not None:
                chosen[int(files.options[code, option]["value"])] += 1
    return counts


def own_contacts(files, participant, method=None):
    return [row for row in files.contacts if row["participant"] == participant and method in {None, row["method"]}]


def places(rows):
    """Competition places: equals share one, and the next ones are skipped."""
    return {key: 1 + sum(other > value for other in rows.values()) for key, value in rows.items()}


def order(files, results):
    """What decides: the total, then what the rules name, by default the answered score and the agent's area."""
    names = ("total", *files.rules["ties"])
    return tuple(Fraction(-1) if results[name] is None else results[name] for name in names)


def agrees(told, exact):
    """The exported percentage is the exact share."""
    if exact is None or told is None:
        return exact is None and told is None
    return abs(Fraction(told) - 100 * exact) <= Fraction(NEAR)


@pytest.fixture(params=["played", "half", "otherwise"])
def season(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def files(season):
    return Files(season.answers, season.results["rules"])


@pytest.fixture
def told(season):
    return {row["participant"]: row for row in json.loads(json.dumps(season.results))["participants"]}


def test_every_enrolled_participant_is_there(files, told):
    assert list(told) == sorted(files.enrolments)
    assert {code: (row["name"], row["award_class"]) for code, row in told.items()} == {
        code: (row["name"], row["award_class"]) for code, row in files.enrolments.items()
    }


def test_means_of_participants_agree(files, told):
    for participant, row in told.items():
        own = results_of(files, own_contacts(files, participant))

        assert (row["contacts"], row["answered"]) == (own["contacts"], own["answered"])
        for name in ("total", "answered_score", "waiting_all"):
            assert agrees(row[name], own[name]), (participant, name)
        assert row["areas"].keys() == own["areas"].keys()
        for area, (score, n) in own["areas"].items():
            assert row["areas"][area]["n"] == n
            assert agrees(row["areas"][area]["score"], score), (participant, area)


def test_methods_of_participants_agree(files, told):
    for participant, row in told.items():
        used = [method for method in METHODS if own_contacts(files, participant, method)]

        assert sorted(row["methods"]) == sorted(used)
        for method in used:
            own = results_of(files, own_contacts(files, participant, method))
            stated = row["methods"][method]
            assert (stated["contacts"], stated["answered"]) == (own["contacts"], own["answered"])
            assert agrees(stated["total"], own["total"])


def test_customer_experience_agrees(files, told):
    for participant, row in told.items():
        for code, counts in cx_of(files, own_contacts(files, participant)).items():
            stated, n = row["cx"][code], counts.total()
            assert {int(step): count for step, count in stated["distribution"].items() if count} == dict(counts)
            assert stated["n"] == n
            if code == "nps":
                promoters = sum(count for step, count in counts.items() if step >= 9)
                detractors = sum(count for step, count in counts.items() if step <= 6)
                assert (stated["promoters"], stated["passives"], stated["detractors"]) == (
                    promoters,
                    n - promoters - detractors,
                    detractors,
                )
                assert agrees(stated["score"], Fraction(promoters - detractors, n) if n else None)
            else:
                total = sum(step * count for step, count in counts.items())
                assert (stated["mean"] is None) == (n == 0)
                assert not n or abs(Fraction(stated["mean"]) - Fraction(total, n)) <= Fraction(NEAR)


def standings(files):
    """What every ranked participant is ordered by."""
    found = {code: results_of(files, own_contacts(files, code)) for code in files.enrolments}
    least = files.rules["min_contacts_ranked"]
    return {code: order(files, results) for code, results in found.items() if results["contacts"] >= least}


def in_class(files, name):
    return [code for code, row in files.enrolments.items() if row["award_class"] == name]


def classes_of(files):
    return sorted({row["award_class"] for row in files.enrolments.values()})


def test_places_are_identical(files, told):
    ranked = standings(files)
    overall = places(ranked)
    within = {}
    for name in classes_of(files):
        within |= places({code: ranked[code] for code in in_class(files, name) if code in ranked})

    assert {code: row["rank_overall"] for code, row in told.items()} == {code: overall.get(code) for code in told}
    assert {code: row["rank_class"] for code, row in told.items()} == {code: within.get(code) for code in told}
    assert {code for code, row in told.items() if row["ranked"]} == set(ranked)


def expected_awards(files):
    """Every award by the rules: kind, class, method, participant, the share that won it, whether it is shared."""
    ranked = standings(files)
    for name in classes_of(files):
        members = in_class(files, name)
        if len(members) >= files.rules["min_class_size"]:
            yield from winners("class_winner", {code: ranked[code] for code in members if code in ranked}, name, None)
    yield from winners("best_in_test", ranked, None, None)
    for method in files.rules["best_on"]:
        found = {code: results_of(files, own_contacts(files, code, method)) for code in files.enrolments}
        least = files.rules["min_contacts_method"]
        able = {code: order(files, own) for code, own in found.items() if own["contacts"] >= least}
        yield from winners("best_on_method", able, None, method)


def winners(award, rows, award_class, method):
    first = [code for code, place in places(rows).items() if place == 1]
    for code in first:
        yield (award, award_class, method, code, len(first) > 1), rows[code][0]


def test_awards_are_identical(files, season):
    expected = dict(expected_awards(files))
    given = {
        tuple(row[name] for name in ("award", "award_class", "method", "participant", "shared")): row["score"]
        for row in season.results["awards"]
    }

    assert given.keys() == expected.keys()
    assert all(agrees(given[award], share) for award, share in expected.items())


def test_classes_and_season_are_means_of_their_participants(files, season, told):
    groups = {row["award_class"]: row for row in season.results["classes"]} | {None: season.results["season_result"]}

    assert groups.keys() == {*classes_of(files), None}
    for name, row in groups.items():
        members = list(told) if name is None else in_class(files, name)
        found = [results_of(files, own_contacts(files, code)) for code in members]
        assert row["contacts"] == sum(own["contacts"] for own in found)
        for column in ("total", "answered_score"):
            assert agrees(row[column], mean(own[column] for own in found))
        for area in row["areas"]:
            assert agrees(row["areas"][area]["score"], mean(own["areas"][area][0] for own in found))


def test_results_carry_the_rules_that_they_follow(played, half, otherwise):
    names = {"least_contacts_ranked": "min_contacts_ranked", "least_contacts_method": "min_contacts_method"}
    names["least_class_size"] = "min_class_size"

    assert played.results["rules"] == USUAL
    assert half.results["rules"] == USUAL
    assert otherwise.results["rules"] == {names.get(name, name): value for name, value in OTHERWISE.items()}


def test_season_is_no_easy_case(played, half):
    """Unanswered contacts, answers that are not applicable, shared places and a class without a winner: all occur."""
    files = Files(played.answers, played.results["rules"])
    planted = [tie["participants"] for tie in played.truth["ties"]]
    rows = {row["participant"]: row for row in played.results["participants"]}

    assert {row["answered"] for row in files.contacts} == {"true", "false"}
    assert any(option == "na" for answers in files.answers.values() for option in answers.values())
    assert [tie["decided_by"] for tie in played.truth["ties"]] == [None, "agent"]
    (first, second), (third, fourth) = planted
    assert (rows[first]["rank_class"], rows[first]["total"]) == (rows[second]["rank_class"], rows[second]["total"])
    assert rows[third]["total"] == rows[fourth]["total"]
    assert rows[third]["rank_class"] == rows[fourth]["rank_class"] + 1
    assert any(not row["ranked"] for row in half.results["participants"])
