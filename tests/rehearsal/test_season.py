import json
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from assignments.models import Assignment
from ksp.accounts.models import AuditEvent, Organiser, OwedMail, User
from ksp.lib.calendar import OSLO
from ksp.rehearsal.stage import INVENTED
from observers.models import Observer
from participants.models import Enrolment, Season
from responses.models import Answer, AnswerRevision, ContactAttempt, Grade, ReviewNote, SurveyResponse
from responses.questionnaires.selectors import forget_questionnaires
from scoring.models import RecomputeOwed, ResponseScore
from tests.rehearsal.playing import SMALL, play_small, read

pytestmark = pytest.mark.django_db
OPTIONS = [f"--{name}={number}" for name, number in SMALL.items()]
SIGN_INS = ("admin@ksp.example", "manager@ksp.example", "observer@ksp.example", "participant@ksp.example")


@pytest.fixture(autouse=True)
def _forgetful():
    """Let no test find the questionnaire of another one's season."""
    yield
    forget_questionnaires()


def without_pseudonyms(folder):
    """Give the files without the one column that is a secret each time anew."""
    files = read(folder)
    contacts = [line.split(b",") for line in files["contacts.csv"].splitlines()]
    return files | {"contacts.csv": [row[:4] + row[5:] for row in contacts]}


def test_same_seed_plays_the_same_season(tmp_path):
    seasons = []
    for name in ("first", "second"):
        with transaction.atomic():
            seasons.append(play_small(tmp_path / name, progress=0.6))
            transaction.set_rollback(True)
        forget_questionnaires()
    first, second = seasons

    assert without_pseudonyms(first.answers) == without_pseudonyms(second.answers)
    assert first.results["season_result"] == second.results["season_result"]


def test_half_a_season_shows_every_kind_of_work(tmp_path, settings):
    settings.DEMO = True

    played = play_small(tmp_path, progress=0.5, participants=48, observers=16)

    season = played.rehearsed.season
    states = Counter(SurveyResponse.objects.values_list("state", flat=True))
    assert (season.state, season.name) == ("open", "Kundeserviceprisen 2022")
    assert states["approved"] > 150
    assert {"draft", "submitted", "approved"} <= states.keys()
    assert Assignment.objects.filter(state="planned").count() > 150
    own = Assignment.objects.filter(observer__user__email="observer@ksp.example")
    assert set(own.values_list("state", flat=True)) == {
        "planned",
        "offered",
        "accepted",
        "declined",
        "expired",
        "withdrawn",
        "cancelled",
        "done",
    }
    reports = SurveyResponse.objects.filter(observer__user__email="observer@ksp.example")
    assert {"draft", "approved"} <= set(reports.values_list("state", flat=True))
    assert any(0 < draft.answers.count() < 28 for draft in reports.filter(state="draft"))


def test_everything_lies_in_the_season_and_nothing_in_its_future(tmp_path):
    played = play_small(tmp_path, progress=0.5)
    stops_at = played.rehearsed.season.opened_at.replace(year=2022, month=2, day=2, hour=12)

    moments = [
        moment
        for model, names in (
            (Assignment, ("offered_at", "answered_at")),
            (SurveyResponse, ("started_at", "submitted_at", "reviewed_at")),
            (ContactAttempt, ("started_at", "answered_at", "ended_at")),
            (AnswerRevision, ("changed_at",)),
            (ReviewNote, ("written_at",)),
        )
        for row in model.objects.values_list(*names)
        for moment in row
        if moment is not None
    ]
    assert max(moments) <= stops_at
    assert min(moments) >= played.rehearsed.season.opened_at
    starts = [attempt.astimezone(OSLO) for attempt in ContactAttempt.objects.values_list("started_at", flat=True)]
    assert all(start.isoweekday() <= 5 and 9 <= start.hour < 15 for start in starts)


def test_whole_season_has_every_contact_approved_and_scored(tmp_path):
    played = play_small(tmp_path)

    season = played.rehearsed.season
    approved = SurveyResponse.objects.approved()
    assert (played.rehearsed.plan.contacts, approved.count(), season.state) == (96, 96, "closed")
    assert set(Counter(approved.values_list("enrolment", flat=True)).values()) == {8}
    assert ResponseScore.objects.count() == Grade.objects.count() == 96
    assert not RecomputeOwed.objects.exists()
    assert not Assignment.objects.filter(state__in=["planned", "offered", "accepted"]).exists()


def test_every_step_leaves_its_trace(tmp_path):
    play_small(tmp_path)

    verbs = Counter(AuditEvent.objects.values_list("verb", flat=True))
    reports = SurveyResponse.objects.count()
    assert verbs["response.started"] == reports
    assert verbs["assignment.accepted"] == reports
    assert verbs["assignment.planned"] == verbs["response.approved"] == 96
    assert verbs["season.opened"] == verbs["season.closed"] == verbs["season.rehearsed"] == 1
    written = Answer.objects.exclude(question__kind="waiting").count()
    assert AnswerRevision.objects.filter(after_submission=False).count() == written


def test_no_observer_meets_a_participant_twice(tmp_path):
    play_small(tmp_path)

    meetings = Assignment.objects.meeting().values_list("observer_id", "participant_id")
    assert max(Counter(meetings).values()) == 1
    row = Assignment.objects.filter(state="done").first()
    others = Assignment.objects.filter(participant=row.participant_id, state="done").exclude(pk=row.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        others.update(observer=row.observer_id)


def test_mail_to_invented_people_is_not_owed(tmp_path):
    play_small(tmp_path, progress=0.5)

    assert User.objects.filter(email__endswith=INVENTED).exists()
    assert not OwedMail.objects.filter(to__endswith=INVENTED).exists()


def test_truth_names_everybody_and_what_was_planted(tmp_path):
    played = play_small(tmp_path, observers=40, participants=20)
    truth = played.truth

    assert {row["participant"] for row in truth["participants"]} == set(
        Enrolment.objects.values_list("participant__code", flat=True)
    )
    team = {row["observer"]: row for row in truth["observers"]}
    stored = dict(Observer.objects.filter(user__isnull=False).values_list("code", "pseudonym"))
    assert {code: row["pseudonym"] for code, row in team.items()} == stored
    habits = {row["observer"]: row["bad_habit"] for row in truth["observers"] if row["bad_habit"]}
    codes = {item.code: item.observer.code for item in SurveyResponse.objects.select_related("observer")}
    assert len(habits) >= 1
    assert all(habits[codes[row["contact"]]] == row["kind"] for row in truth["bad_reports"])


def test_better_centres_come_out_better(tmp_path):
    played = play_small(tmp_path, participants=24, classes=4, contacts=12)
    totals = {row["participant"]: row["total"] for row in played.results["participants"]}

    ranked = sorted(played.truth["participants"], key=lambda row: row["quality"])
    worst, best = ranked[:8], ranked[-8:]
    assert sum(totals[row["participant"]] for row in best) > sum(totals[row["participant"]] for row in worst) + 8 * 3


def test_season_that_is_there_is_refused_in_one_line(tmp_path, capsys):
    call_command("rehearse", "--season=T22", *OPTIONS, "--progress=0.1")
    before = AuditEvent.objects.count()

    with pytest.raises(CommandError, match=r"^Sesongen t22 finnes fra før\. [^\n]*$") as refused:
        call_command("rehearse", "--season=t22", *OPTIONS, "--json")

    assert refused.value.returncode == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["refused"] == "season_exists"
    assert AuditEvent.objects.count() == before


def test_interrupted_rehearsal_has_no_mark(tmp_path, monkeypatch):
    def stop(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("ksp.rehearsal.season.recompute_season", stop)
    with pytest.raises(KeyboardInterrupt):
        play_small(tmp_path, progress=0.2)

    assert Season.objects.count() == 1
    assert not AuditEvent.objects.filter(verb="season.rehearsed").exists()


def test_command_prints_one_object_and_tells_its_progress_aside(tmp_path, capsys):
    call_command("rehearse", "--season=T22", *OPTIONS, "--progress=0.2", f"--truth={tmp_path / 'truth.json'}", "--json")

    told = capsys.readouterr()
    outcome = json.loads(told.out)
    assert outcome["season"] == "T22"
    assert (outcome["contacts"], outcome["unassigned"], outcome["starts_on"]) == (96, 0, "2021-11-29")
    assert outcome["played_until"] == "2021-12-22T09:00:00+01:00"
    assert "Uke 50" in told.err
    assert "Ferdig på" in told.err
    assert json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["season"] == "T22"


def test_demo_has_its_four_sign_ins_and_others_have_none(settings):
    settings.DEMO = True
    call_command("rehearse", "--season=T22", *OPTIONS, "--progress=0.1", "--json")
    people = {user.email: user for user in User.objects.filter(email__in=SIGN_INS)}

    assert people.keys() == set(SIGN_INS)
    assert [people[address].role for address in SIGN_INS] == ["administrator", "manager", "observer", "participant"]
    assert all(person.check_password("demo") for person in people.values())
    assert not any(user.has_usable_password() for user in User.objects.exclude(email__in=SIGN_INS))
    represented = people["participant@ksp.example"].represents.get().participant
    assert Enrolment.objects.get(participant=represented).package == "competitor"


def test_outside_the_demo_nobody_can_sign_in(settings):
    settings.DEMO = False
    call_command("rehearse", "--season=T22", *OPTIONS, "--progress=0.1", "--json")

    assert not User.objects.filter(email__in=SIGN_INS).exists()
    assert not any(user.has_usable_password() for user in User.objects.all())


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["--progress=1.5"], 2),
        (["--contacts=0"], 2),
        (["--seed=-1"], 2),
        (["--starts-on=tomorrow"], 2),
        (["--classes=13"], 1),
        (["--observers=7"], 1),
    ],
)
def test_impossible_season_is_refused_and_leaves_nothing(options, status):
    with pytest.raises(CommandError) as refused:
        call_command("rehearse", "--season=T22", *OPTIONS, *options)

    assert refused.value.returncode == status
    assert not Season.objects.exists()


def test_another_season_can_be_played_on_the_same_installation(tmp_path):
    play_small(tmp_path / "first", progress=0.3)
    play_small(tmp_path / "second", progress=0.3, code="T23", seed=6)

    assert Organiser.objects.count() == 1
    assert Season.objects.count() == 2
    meetings = Assignment.objects.meeting().values_list("observer_id", "participant_id")
    assert max(Counter(meetings).values()) == 1


def test_play_season_goes_from_lists_to_awards(capsys):
    call_command("play_season", "--season=T22", *OPTIONS)

    told = capsys.readouterr().out
    season = Season.objects.get()
    assert season.state == "published"
    assert told.startswith("T22: 96 godkjente kontakter\n\nBredbånd\n")
    assert told.count("Klassevinner") >= 3
    assert "Best i test" in told
    assert "Best på Telefon" in told
    assert [line.split()[0] for line in told.splitlines()[-3:]] == ["Publisering", "Resultatliste", "I"]


def test_play_season_tells_the_same_as_one_object(capsys):
    call_command("play_season", "--season=T22", *OPTIONS, "--json")

    outcome = json.loads(capsys.readouterr().out)
    assert (outcome["state"], outcome["approved"], len(outcome["participants"])) == ("published", 96, 12)
    assert {award["award"] for award in outcome["awards"]} == {"best_in_test", "class_winner", "best_on_method"}
    assert all(seconds >= 0 for seconds in outcome["seconds"].values())
