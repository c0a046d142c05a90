"""The API's results: that they add up, what they keep to themselves, and whom they answer."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from ksp.accounts.models import AuditEvent
from ksp.accounts.services import create_token
from participants.models import Package, Season
from tests.factories.accounts import UserFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import AwardClassFactory, EnrolmentFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response
from tests.reports.scenes import approved, enrolled, scored, season_that_ranks

pytestmark = pytest.mark.django_db
NEAR = 1e-9


@pytest.fixture
def scene():
    """A participant with three contacts made by an observer one would recognise, and a rival in its class."""
    season = season_that_ranks()
    group = AwardClassFactory(season=season)
    enrolment, user = enrolled(season, award_class=group, participant__name="Trollbekk Strøm")
    rival = EnrolmentFactory(season=season, award_class=group, participant__name="Rivalen Kraft")
    observer = ObserverFactory(
        organiser=season.organiser, code="PSEUDO-1", first_name="Zebulon", last_name="Qvistgaard"
    )
    approved(enrolment, observer=observer, choose={"agent_needs": "no"})
    approved(enrolment, weeks=["2021-W50"], method="email", choose={"agent_additional": "na"})
    approved(enrolment, weeks=["2021-W51"], answered=False)
    approved(rival, choose={"agent_needs": "no", "agent_additional": "na"})
    scored(season)
    return enrolment, user, rival


def program_of(user):
    _, text = create_token(by=user, name="Regneark")
    return Client(headers={"authorization": f"Bearer {text}"})


def results_url(enrolment):
    return reverse("reports:api_results", args=[enrolment.season.code, enrolment.participant.public_id])


def figure_url(enrolment, figure):
    return reverse("reports:api_explanation", args=[enrolment.season.code, enrolment.participant.public_id, figure])


def everything(program, enrolment):
    """Give all that the API answers about a participant, by address: figures, explanations, contacts."""
    found = {results_url(enrolment): program.get(results_url(enrolment)).json()}
    for figure in found[results_url(enrolment)]["figures"]:
        found[figure["explanation"]] = program.get(figure["explanation"]).json()
    for contact in found[next(one for one in found if one.endswith("/total/"))]["contacts"]:
        found[contact["url"]] = program.get(contact["url"]).json()
    return found


def test_every_figure_is_the_sum_of_its_contacts(scene):
    enrolment, user, _ = scene
    program = program_of(user)

    results = program.get(results_url(enrolment)).json()

    figures = [figure for figure in results["figures"] if not figure["figure"].startswith("rank")]
    assert (results["contacts"], results["answered"], results["participant"]) == (3, 2, enrolment.participant.code)
    for figure in figures:
        found = program.get(figure["explanation"]).json()
        assert found["value"] == figure["value"]
        assert abs(sum(one["contribution"] for one in found["contacts"]) - (figure["value"] or 0)) < NEAR
    assert len(figures) > 30


def test_explanation_carries_rule_rules_and_fingerprint(scene):
    enrolment, user, _ = scene

    found = program_of(user).get(figure_url(enrolment, "total")).json()

    assert (found["formula"], found["shown"]) == ("195,0 / 3 = 65,0", "65,0")
    assert found["rules"]["mean"] == "contacts"
    assert len(found["fingerprint"]) == 64
    assert [(one["week"], one["points"], one["possible"], one["answered"]) for one in found["contacts"]] == [
        ("2021-W48", 95, 100, True),
        ("2021-W50", 95, 95, True),
        ("2021-W51", 0, 100, False),
    ]


def test_contact_has_its_questions_and_reading_is_logged(scene):
    enrolment, user, _ = scene
    response = enrolment.responses.get(week="2021-W50")
    address = reverse(
        "reports:api_contact", args=[enrolment.season.code, enrolment.participant.code, response.public_id]
    )

    found = program_of(user).get(address).json()

    lines = {line["question"]: line for area in found["areas"] for line in area["questions"]}
    assert (found["points"], found["possible"], found["score"]) == (95, 95, 100.0)
    assert (lines["agent_additional"]["counts"], lines["agent_additional"]["possible"]) == ("not_applicable", None)
    assert (lines["agent_needs"]["points"], lines["agent_needs"]["counts"]) == (5, "counted")
    assert AuditEvent.objects.get(verb="response.read_by_participant").target_key == str(response.pk)


def test_explanation_is_narrowed_to_a_method(scene):
    enrolment, user, _ = scene

    found = program_of(user).get(figure_url(enrolment, "area.agent"), {"method": "email"}).json()

    assert ([one["method"] for one in found["contacts"]], found["method"]) == (["email"], "email")
    assert [one["reason"] for one in found["left_out"]] == ["other_method"]


def test_participant_is_found_by_its_id_as_well(scene):
    enrolment, user, _ = scene
    by_id = reverse("reports:api_results", args=[enrolment.season.code, enrolment.participant.code])

    assert program_of(user).get(by_id).json() == program_of(user).get(results_url(enrolment)).json()


def test_participant_learns_nothing_of_observers_times_and_others(scene):
    enrolment, user, rival = scene
    response = enrolment.responses.get(week="2021-W48")
    secrets = {
        "Zebulon",
        "Qvistgaard",
        "PSEUDO-1",
        str(response.observer.public_id),
        response.reviewed_by.name,
        "Rivalen Kraft",
        rival.participant.code,
        str(rival.participant.public_id),
    }

    answers = {
        address: json.dumps(found, ensure_ascii=False)
        for address, found in everything(program_of(user), enrolment).items()
    }

    assert len(answers) > 40
    assert [(address, secret) for address, text in answers.items() for secret in secrets if secret in text] == []
    assert [text for text in answers.values() if re.search(r"\d{4}-\d{2}-\d{2}|\d{1,2}[:.]\d{2}[:.]\d{2}", text)] == []
    means = [
        one[name]
        for one in json.loads(answers[results_url(enrolment)])["figures"]
        for name in ("class_mean", "season_mean")
        if one.get(name) is not None
    ]
    assert means
    assert [mean for mean in means if round(mean, 1) != mean] == []


def test_staff_learn_when_it_was_computed_and_whom_a_place_was_compared_with(scene):
    enrolment, _, _ = scene
    program = program_of(UserFactory(manager=True, organiser=enrolment.season.organiser))

    found = program.get(figure_url(enrolment, "rank_class")).json()

    assert [(one["place"], one["name"]) for one in found["compared"]] == [(1, "Rivalen Kraft"), (2, "Trollbekk Strøm")]
    assert found["compared"][1]["decided_by"] == "Totalresultat"
    assert found["computed_at"] > "2026"


def test_place_of_a_participant_says_how_many_are_better(scene):
    enrolment, user, _ = scene

    before = program_of(user).get(figure_url(enrolment, "rank_class")).json()
    Season.objects.filter(pk=enrolment.season_id).update(state="published", published_at="2022-04-01T10:00Z")
    after = program_of(user).get(figure_url(enrolment, "rank_class")).json()

    assert (before["value"], before["of"], before["better"], before["compared"]) == (2, 2, 1, [])
    assert [one["values"]["total"] for one in after["compared"]] == [94.7, 65.0]


def test_what_may_not_be_seen_is_not_there(scene):
    enrolment, user, rival = scene
    elsewhere, _ = enrolled(season_with_battery())
    draft = filled_response(season=enrolment.season, enrolment=enrolment)
    rivals = rival.responses.get()
    season, own = enrolment.season.code, enrolment.participant.code
    hidden = [
        results_url(rival),
        results_url(elsewhere),
        figure_url(rival, "total"),
        figure_url(enrolment, "nothing"),
        reverse("reports:api_results", args=[season, rival.participant.code]),
        reverse("reports:api_contact", args=[season, own, draft.public_id]),
        reverse("reports:api_contact", args=[season, own, rivals.public_id]),
        reverse("reports:api_contact", args=[season, rival.participant.code, rivals.public_id]),
    ]

    answers = [program_of(user).get(one) for one in hidden]

    assert [answer.json() for answer in answers] == [{"code": "not_found", "detail": "Ikke funnet."}] * len(hidden)
    assert {answer.status_code for answer in answers} == {404}
    assert not AuditEvent.objects.filter(verb="response.read_by_participant").exists()


def test_contact_is_found_under_its_own_participant_alone(scene):
    enrolment, _, rival = scene
    manager = UserFactory(manager=True, organiser=enrolment.season.organiser)
    address = reverse(
        "reports:api_contact",
        args=[enrolment.season.code, rival.participant.code, enrolment.responses.first().public_id],
    )

    assert program_of(manager).get(address).status_code == 404


def test_package_none_and_other_organisers_are_answered_404(scene):
    enrolment, _, _ = scene
    without, user = enrolled(enrolment.season, package=Package.NONE)

    assert program_of(user).get(results_url(without)).status_code == 404
    assert program_of(UserFactory(manager=True)).get(results_url(enrolment)).status_code == 404


def test_observer_and_nobody_are_kept_out(scene, browser_of):
    enrolment, _, _ = scene
    observer = enrolment.responses.get(week="2021-W48").observer
    observer.user = UserFactory(organiser=enrolment.season.organiser)
    observer.save()

    answer, nobody = browser_of(observer.user).get(results_url(enrolment)), Client().get(results_url(enrolment))

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "not_authenticated")


def test_nothing_can_be_written(scene):
    enrolment, user, _ = scene

    answer = program_of(user).post(results_url(enrolment))

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("contacts", [1, 3])
@pytest.mark.parametrize(("figure", "queries"), [("", 4), ("total", 7), ("rank_class", 6)])
def test_answer_makes_as_many_queries_for_one_contact_as_for_three(count_queries, contacts, figure, queries):
    season = season_that_ranks()
    enrolment, user = enrolled(season)
    approved(enrolment, weeks=["2021-W48"] * contacts)
    scored(season)
    program = program_of(user)
    address = figure_url(enrolment, figure) if figure else results_url(enrolment)
    program.get(address)

    with count_queries(queries):
        assert program.get(address).status_code == 200
