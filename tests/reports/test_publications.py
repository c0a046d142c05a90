"""Published results are frozen; corrections make versions; whatever else moves an answer raises an alarm."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from ksp.accounts.models import AuditEvent
from ksp.lib.attention import items_for
from participants.services import publish_season
from reports.exports.results import results_of
from reports.frozen import canonical, code_version, fingerprint_of
from reports.models import PublicationCheck
from reports.services import ResultsNotReady, check_publications, freeze_corrections, freeze_results
from reports.tasks import verify_publications
from reports.verification import verify
from responses.models import Answer, SurveyResponse
from scoring.fingerprints import answers_fingerprint, questionnaire_fingerprint, rules_fingerprint
from scoring.models import RecomputeOwed, ScoreSummary
from scoring.services import MOST_TRIES, recompute_season, settle_owed_recomputes
from tests.factories.accounts import SystemUserFactory, UserFactory
from tests.factories.reports import PublicationCheckFactory, PublicationFactory
from tests.factories.scoring import RecomputeOwedFactory
from tests.reports.publishing import (
    REASON,
    closed_season,
    contacts_of,
    correct,
    director,
    published_season,
    tampered,
    versions,
)
from tests.scoring.seasons import approve, report

pytestmark = pytest.mark.django_db


def kinds(publication):
    return [change["kind"] for change in publication.changes]


# Freezing


def test_publication_freezes_results_with_fingerprints_of_all_they_follow_from():
    season = closed_season()
    by = director(season)

    published = publish_season(season.pk, by=by)

    [version] = versions(season)
    assert version.results == results_of(season, by=by)
    assert (version.version, version.published_by, version.published_at) == (1, by, published.published_at)
    assert (version.reason, version.changes) == ("", [])
    assert version.code_version == code_version()
    rests_on = {
        "answers": answers_fingerprint(season),
        "questionnaire": questionnaire_fingerprint(season),
        "rules": rules_fingerprint(season),
    }
    assert {name: getattr(version, f"{name}_fingerprint") for name in rests_on} == rests_on
    assert version.fingerprint == fingerprint_of(version.results, **rests_on, code=code_version())
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))[-3:] == [
        "season.published",
        "scores.recomputed",
        "results.frozen",
    ]


def test_scores_that_are_owed_are_in_what_is_published():
    season = closed_season()
    recompute_season(season.pk, by=director(season))
    correct(season, settle=False)

    publish_season(season.pk, by=director(season))

    assert not RecomputeOwed.objects.exists()
    assert verify(versions(season)[0]).agrees
    assert versions(season)[0].results["participants"][0]["total"] == 97.5


def test_stored_scores_that_are_wrong_are_not_published():
    season = closed_season()
    recompute_season(season.pk, by=director(season))
    ScoreSummary.objects.filter(scope="participant").update(total=1.0, vector=b"\0" * 8)

    publish_season(season.pk, by=director(season))

    assert [row["total"] for row in versions(season)[0].results["participants"]] == [100.0, 95.0, 91.0]


def test_nothing_is_published_while_scores_are_set_aside():
    season = closed_season()
    RecomputeOwedFactory(enrolment=contacts_of(season)[0].enrolment, tries=MOST_TRIES)

    with pytest.raises(ResultsNotReady, match="kunne ikke regnes ut"):
        publish_season(season.pk, by=director(season))

    season.refresh_from_db()
    assert (season.state, versions(season)) == ("closed", [])


def test_only_whoever_may_publish_freezes():
    season = closed_season()

    with pytest.raises(PermissionDenied):
        freeze_results(season.pk, by=UserFactory(organiser=season.organiser, manager=True))

    assert versions(season) == []


def test_version_has_its_number_once():
    season = published_season()

    with pytest.raises(IntegrityError), transaction.atomic():
        PublicationFactory(season=season)


# Corrections


def test_correction_makes_a_version_that_says_what_moved_and_why():
    season = published_season()
    before = canonical(versions(season)[0].results)

    by = correct(season, agent_needs="no", agent_engaged="none")

    first, second = versions(season)
    assert canonical(first.results) == before
    assert (second.version, second.published_by, second.reason) == (2, by, REASON)
    assert second.results == results_of(season, by=director(season))
    moved = next(change for change in second.changes if change["participant"] == "A1")
    assert (moved["kind"], moved["name"], moved["ranked"]) == ("result", "Best Strøm", [True, True])
    assert [line[0] for line in moved["lines"]] == ["answered_score", "areas.agent.score", "total"]
    assert [line[1] for line in moved["lines"]] == [100.0, 100.0, 100.0]
    contact = contacts_of(season)[0].code
    assert [change for change in second.changes if change["kind"] == "correction"] == [
        {
            "kind": "correction",
            "contact": contact,
            "participant": "A1",
            "name": "Best Strøm",
            "question": question,
            "old": old,
            "new": new,
            "reason": REASON,
        }
        for question, old, new in (("agent_needs", "several", "no"), ("agent_engaged", "great", "none"))
    ]
    assert (verify(second).agrees, verify(first).agrees) == (True, False)


def test_awards_and_places_that_change_hands_are_told():
    season = published_season()

    correct(season, agent_needs="no", agent_engaged="none", agent_advice="none")

    awards = [change for change in versions(season)[-1].changes if change["kind"] == "award"]
    assert [(one["award"], one["award_class"], one["method"], one["old"], one["new"]) for one in awards] == [
        ("best_in_test", None, None, ["Best Strøm"], ["Nest Strøm"]),
        ("best_on_method", None, "phone", ["Best Strøm"], ["Nest Strøm"]),
        ("class_winner", "Strøm", None, ["Best Strøm"], ["Nest Strøm"]),
    ]
    passed = [change for change in versions(season)[-1].changes if change.get("participant") == "A2"]
    assert [one["lines"] for one in passed] == [[["rank_class", 2, 1], ["rank_overall", 2, 1]]]


def test_correction_that_moves_no_result_makes_a_version_too():
    season = published_season()

    correct(season, nps="10")

    assert [(one.version, kinds(one)) for one in versions(season)] == [(1, []), (2, ["correction"])]
    assert verify(versions(season)[1]).agrees


def test_corrections_that_are_settled_together_make_one_version():
    season = published_season()

    first = correct(season, settle=False, reason="Først")
    second = correct(season, contact=1, settle=False, reason="Siden")
    assert len(versions(season)) == 1
    settle_owed_recomputes()
    settle_owed_recomputes()
    recompute_season(season.pk, by=director(season))

    assert [one.reason for one in versions(season)] == ["", "Først\nSiden"]
    assert (versions(season)[1].published_by, first != second) == (second, True)


def test_next_version_tells_only_of_its_own_corrections():
    season = closed_season()
    correct(season, reason="Før publiseringen")
    publish_season(season.pk, by=director(season))
    season.refresh_from_db()

    correct(season, contact=1, reason="Etter den")
    correct(season, code="B1", agent_needs="several", reason="Sist")

    assert [one.reason for one in versions(season)] == ["", "Etter den", "Sist"]
    assert [kinds(one).count("correction") for one in versions(season)] == [0, 1, 1]


def test_correction_that_is_taken_back_before_it_is_settled_makes_no_version():
    season = published_season()

    correct(season, settle=False)
    correct(season, agent_needs="several")

    assert len(versions(season)) == 1
    assert verify(versions(season)[0]).agrees


def test_no_version_is_made_while_others_scores_are_owed():
    season = published_season()
    correct(season, settle=False)

    assert freeze_corrections(season.pk) is None
    assert len(versions(season)) == 1


def test_report_that_is_approved_after_publication_is_named():
    season = closed_season()
    late = report(contacts_of(season)[0].enrolment)
    publish_season(season.pk, by=director(season))

    approve(late)
    settle_owed_recomputes()

    second = versions(season)[1]
    assert {"kind": "approval", "contact": late.code, "participant": "A1"} in second.changes
    assert (second.published_by, second.reason) == (SurveyResponse.objects.get(pk=late.pk).reviewed_by, "")
    assert verify(second).agrees


def test_changes_and_results_never_name_the_observer():
    season = published_season()
    correct(season)
    observers = {response.observer for response in SurveyResponse.objects.select_related("observer__user")}
    secrets = {
        secret
        for one in observers
        for secret in (one.first_name, one.last_name, one.code, str(one.public_id), one.user.name, one.user.email)
    }

    kept = json.dumps([[one.results, one.changes, one.rests_on] for one in versions(season)], ensure_ascii=False)

    assert len(secrets) > 6
    assert [secret for secret in secrets if secret in kept] == []


# Whatever else changes answers


def test_answer_that_nobody_corrected_makes_no_version_but_an_alarm(caplog):
    season = published_season()
    tampered(contacts_of(season, "A2")[0])

    correct(season)

    assert len(versions(season)) == 1
    assert "without a correction: ['A2']" in caplog.text
    assert PublicationCheck.objects.get().count > 0


def test_verification_names_the_participant_whose_packed_answer_was_changed():
    season = published_season()
    tampered(contacts_of(season, "A2")[0])

    found = verify(versions(season)[0])

    assert not found.agrees
    assert {one.owner for one in found.differences if one.field == "answers_fingerprint"} == {"season", "A2"}


def test_verification_names_the_answer_that_was_changed_in_its_row_alone():
    season = published_season()
    response = contacts_of(season, "B1")[1]
    answer = Answer.objects.get(response=response, question__code="overall_efficient")
    other = answer.question.options.exclude(pk=answer.option_id).order_by("position").first()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE responses_answer SET option_id = %s WHERE id = %s", [other.pk, answer.pk])

    [found] = verify(versions(season)[0]).differences

    assert (found.owner, found.field) == ("B1", f"{response.code} overall_efficient")
    assert (found.frozen, found.computed) == (answer.option.code, other.code)


def test_verification_notices_a_row_that_is_not_what_was_frozen():
    season = published_season()
    version = versions(season)[0]

    version.results["participants"][0]["total"] = 99.0

    found = verify(version).differences
    assert [(one.owner, one.field) for one in found] == [("version", "fingerprint"), ("A1", "total")]
    assert (found[1].frozen, found[1].computed) == (99.0, 100.0)


def test_stored_scores_that_were_changed_matter_to_nothing_published():
    season = published_season()
    frozen = canonical(versions(season)[0].results)
    ScoreSummary.objects.filter(scope="participant").update(total=F("total") - 50)

    assert verify(versions(season)[0]).agrees
    assert canonical(versions(season)[0].results) == frozen


def test_stored_scores_that_were_changed_are_mended_when_a_version_is_made(caplog):
    season = published_season()
    ScoreSummary.objects.filter(scope="participant", enrolment__participant__code="B1").update(answered_score=1.0)
    before = ScoreSummary.objects.filter(scope="participant", enrolment__participant__code="B1", method="").get()
    ScoreSummary.objects.filter(pk=before.pk).update(vector=bytes(len(before.vector)))

    correct(season)

    assert "did not follow from the answers" in caplog.text
    assert verify(versions(season)[1]).agrees
    assert versions(season)[1].results == results_of(season, by=director(season))


# Every night


def test_night_finds_that_published_results_follow_from_the_answers():
    season = published_season()
    correct(season)

    assert verify_publications() == 0

    check = PublicationCheck.objects.get()
    assert (check.publication.version, check.count, check.differences) == (2, 0, [])


def test_night_raises_an_alarm_once_and_tells_the_administrator(caplog):
    season = published_season(name="KSP 2022")
    tampered(contacts_of(season)[0])

    assert [check_publications(), check_publications()] == [1, 1]

    check = PublicationCheck.objects.get()
    assert check.count == len(verify(versions(season)[0]).differences) == len(check.differences)
    assert AuditEvent.objects.filter(verb="results.differ").count() == 1
    assert "differs from its answers" in caplog.text
    told = [str(item.title) for item in items_for(director(season)) if "følger ikke" in str(item.title)]
    assert told == ["De publiserte resultatene for KSP 2022 følger ikke lenger av svarene"]
    others = (UserFactory(administrator=True), UserFactory(manager=True, organiser=season.organiser))
    assert [one for user in others for one in items_for(user) if "følger ikke" in str(one.title)] == []


def test_night_passes_over_a_season_whose_new_version_is_on_its_way():
    season = published_season()
    correct(season, settle=False)

    assert check_publications() == 0
    assert not PublicationCheck.objects.exists()


def test_night_goes_on_when_a_version_cannot_be_computed(caplog):
    published_season()
    broken = PublicationFactory(results={}, season__organiser=SystemUserFactory().organiser)

    assert check_publications() == 1

    assert [line["field"] for line in PublicationCheck.objects.get(publication=broken).differences] == ["recomputation"]


def test_alarm_about_a_replaced_version_is_over():
    season = published_season()
    PublicationCheckFactory(publication=versions(season)[0], count=3)
    correct(season)

    assert [item for item in items_for(director(season)) if "følger ikke" in str(item.title)] == []
