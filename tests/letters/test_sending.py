from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assignments.batches import offer_planned
from assignments.letters import services
from assignments.letters.models import Letter
from assignments.letters.tasks import send_waiting_letters
from assignments.models import Assignment
from assignments.services import ReasonMissing, accept_assignment
from ksp.accounts.models import AuditEvent, Organiser, OwedMail
from ksp.accounts.services import create_organiser
from ksp.lib.workflow import TransitionNotAllowed
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.letters import LetterFactory, NoticeFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import SeasonFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2021, 11, 26, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def season():
    return SeasonFactory(open=True)


@pytest.fixture
def manager(season):
    return UserFactory(manager=True, organiser=season.organiser)


@pytest.fixture
def observer(season):
    return ObserverFactory(organiser=season.organiser, user__name="Ingrid Solbakk", weekly_capacity=100)


def offered(season, observer, **fields):
    return AssignmentFactory(season=season, observer=observer, offered=True, **fields)


def test_letter_becomes_one_mail_in_the_observers_language(season, observer, manager, settings):
    settings.SITE_URL = "https://ksp.example"
    name = "Fjellvakt Strøm"
    rows = [
        offered(season, observer, week="2021-W49", method="chat"),
        offered(season, observer, week="2021-W48", enrolment__participant__name=name),
        offered(season, observer, week="2021-W48"),
    ]
    services.tell(rows, kind="offered", by=manager, now=NOW)
    taken = AssignmentFactory(season=season, observer=observer, offered=True, state="withdrawn", week="2021-W50")
    services.tell([taken], kind="withdrawn", by=manager, now=NOW)
    lapsed = AssignmentFactory(season=season, observer=observer, offered=True, state="expired", week="2021-W48")
    services.tell([lapsed], kind="expired", by=manager, now=NOW)
    moved = AssignmentFactory(season=season, observer=observer, accepted=True, week="2021-W51", method="email")
    services.tell([moved], kind="moved", by=manager, now=NOW, weeks_before={moved.pk: "2021-W50"})
    mine = AssignmentFactory(season=season, observer=observer, accepted=True, week="2021-W47")
    services.tell([mine], kind="reminder", by=manager, now=NOW)

    assert services.send_due_letters(now=LATER, by=manager) == 1

    mail = OwedMail.objects.get()
    assert (mail.to, mail.subject) == (observer.user.email, "3 nye oppdrag")
    assert mail.body == (
        "Hei Ingrid\n\n"
        "Du er tilbudt 3 kontakter. Svar innen torsdag 2. desember.\n"
        "– Uke 48: 2 × telefon\n"
        "– Uke 49: 1 × chat\n\n"
        "Endringer\n"
        "– Uke 48, telefon: tilbudet har gått ut, fordi det ikke ble besvart\n"
        "– Uke 50, telefon: trukket tilbake, du skal ikke ta denne kontakten\n"
        "– Uke 51, e-post: flyttet hit fra uke 50\n\n"
        "Husk\n"
        "– Uke 47, telefon: ta kontakten innen fredag 26. november\n\n"
        "Les manualen først. Så godtar du, takker nei eller ber om en annen uke her:\n\n"
        "https://ksp.example/observer/offers/\n"
    )
    assert name not in mail.body
    letter = Letter.objects.get()
    assert (letter.state, letter.mail, letter.closed_at, letter.body) == ("sent", mail, LATER, mail.body)
    assert letter.counts == {"offered": 3, "withdrawn": 1, "expired": 1, "moved": 1, "reminder": 1}


def test_letter_to_an_english_reader_is_english(season, observer, manager):
    observer.user.language = "en"
    observer.user.save()
    mine = AssignmentFactory(season=season, observer=observer, accepted=True, week="2021-W46")
    services.tell([mine], kind="reminder", by=manager, now=NOW)

    services.send_due_letters(now=LATER, by=manager)

    mail = OwedMail.objects.get()
    assert mail.subject == "Remember your assignments"
    assert "Week 46, phone: the contact should have been made by Friday 19 November" in mail.body


def test_letter_waits_its_time_and_goes_once(season, observer, manager):
    services.tell([offered(season, observer)], kind="offered", by=manager, now=NOW)

    sent = [services.send_due_letters(now=NOW + timedelta(minutes=minute), by=manager) for minute in (29, 30, 31)]

    assert sent == [0, 1, 0]
    assert OwedMail.objects.count() == AuditEvent.objects.filter(verb="letter.sent").count() == 1


def test_task_sends_for_every_organiser():
    for slug in ("a", "b"):
        create_organiser(name=slug, slug=slug)
        NoticeFactory(letter__season__organiser=Organiser.objects.get(slug=slug))

    assert (send_waiting_letters(), send_waiting_letters()) == (2, 0)
    assert OwedMail.objects.count() == 2


def test_news_that_is_overtaken_is_left_out_and_an_empty_letter_is_never_sent(season, observer, manager):
    answered, waiting = offered(season, observer), offered(season, ObserverFactory(organiser=season.organiser))
    services.tell([answered, waiting], kind="offered", by=manager, now=NOW)
    accept_assignment(answered.pk, by=observer.user)

    assert services.send_due_letters(now=LATER, by=manager) == 1

    assert OwedMail.objects.get().to == waiting.observer.user.email
    dropped = Letter.objects.get(observer=observer)
    assert (dropped.state, dropped.drop_reason) == ("dropped", "Det var ingenting igjen å fortelle.")


def test_letter_keeps_only_what_it_said(season, observer, manager):
    rows = [offered(season, observer) for _ in range(2)]
    services.tell(rows, kind="offered", by=manager, now=NOW)
    accept_assignment(rows[0].pk, by=observer.user)

    services.send_due_letters(now=LATER, by=manager)

    assert [notice.assignment for notice in Letter.objects.get().notices.all()] == [rows[1]]


def test_letter_to_somebody_who_has_no_account_any_more_is_dropped(season, observer, manager):
    services.tell([offered(season, observer)], kind="offered", by=manager, now=NOW)
    observer.user = None
    observer.save()

    assert services.send_due_letters(now=LATER, by=manager) == 0

    assert (Letter.objects.get().state, OwedMail.objects.count()) == ("dropped", 0)


def test_reminder_of_an_offer_says_by_when_to_answer(season, observer, manager):
    rows = [offered(season, observer, answer_by=NOW), offered(season, observer, week="2021-W49")]
    services.tell(rows, kind="reminder", by=manager, now=NOW)

    services.send_due_letters(now=LATER, by=manager)

    body = OwedMail.objects.get().body
    assert "– Uke 48, telefon: svar på tilbudet innen fredag 26. november\n" in body
    assert "– Uke 49, telefon: tilbudet venter på svar fra deg\n" in body


def test_changes_alone_are_named_in_the_subject(season, observer, manager):
    taken = AssignmentFactory(season=season, observer=observer, state="cancelled")
    services.tell([taken], kind="withdrawn", by=manager, now=NOW)

    services.send_due_letters(now=LATER, by=manager)

    assert OwedMail.objects.get().subject == "Endringer i oppdragene dine"


def test_days_to_answer_count_from_the_moment_the_observer_is_told(season, observer, manager):
    row = AssignmentFactory(season=season, observer=observer, week="2022-W02")
    offer_planned([row.pk], now=NOW, is_held=True, by=manager)
    told = NOW + timedelta(days=10)

    services.send_letters([Letter.objects.get().pk], now=told, by=manager)

    until = timezone.localtime(Assignment.objects.get().answer_by)
    assert until.isoformat() == "2021-12-12T23:59:59+01:00"


def test_a_hundred_letters_take_no_more_queries_than_two(season, manager, count_queries):
    def letters(count):
        made = [LetterFactory(season=season, held=True) for _ in range(count)]
        for letter in made:
            NoticeFactory.create_batch(2, letter=letter, assignment__week="2022-W02")
        return [letter.pk for letter in made]

    two, many = letters(2), letters(20)
    with count_queries() as for_two:
        assert services.send_letters(two, now=NOW, by=manager) == 2
    with count_queries(len(for_two)):
        assert services.send_letters(many, now=NOW, by=manager) == 20

    assert OwedMail.objects.count() == 22


def test_letter_is_held_and_let_go(season, manager):
    letter = NoticeFactory(letter__season=season).letter

    for _twice in range(2):
        services.hold_letter(letter.pk, by=manager)
    assert services.send_due_letters(now=timezone.now(), by=manager) == 0
    services.let_letter_go(letter.pk, by=manager)

    assert services.send_due_letters(now=timezone.now(), by=manager) == 1
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["letter.held", "letter.let_go", "letter.sent"]


def test_held_letter_is_sent_by_a_manager(season, manager):
    letter = NoticeFactory(letter__season=season, letter__held=True).letter

    sent = services.send_letter(letter.pk, now=NOW, by=manager)

    assert (sent.state, sent.closed_by) == ("sent", manager)


def test_letter_is_dropped_with_a_reason(season, manager):
    notice = NoticeFactory(letter__season=season)

    with pytest.raises(ReasonMissing):
        services.drop_letter(notice.letter_id, reason=" ", now=NOW, by=manager)
    services.drop_letter(notice.letter_id, reason="Ringte i stedet", now=NOW, by=manager)

    letter = Letter.objects.get()
    assert (letter.state, letter.drop_reason, letter.counts) == ("dropped", "Ringte i stedet", {"offered": 1})
    assert (OwedMail.objects.count(), Assignment.objects.get().state) == (0, "offered")


MOVES = {
    "send": lambda letter, by: services.send_letter(letter.pk, now=NOW, by=by),
    "hold": lambda letter, by: services.hold_letter(letter.pk, by=by),
    "let_go": lambda letter, by: services.let_letter_go(letter.pk, by=by),
    "drop": lambda letter, by: services.drop_letter(letter.pk, reason="Feil", now=NOW, by=by),
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", ["sent", "dropped"])
def test_letter_that_is_closed_stays_as_it_is(season, manager, move, state):
    letter = LetterFactory(season=season, **{state: True})

    with pytest.raises(TransitionNotAllowed):
        MOVES[move](letter, manager)

    assert AuditEvent.objects.count() == OwedMail.objects.count() == 0


@pytest.mark.parametrize("move", MOVES)
def test_letters_are_the_organisers_managers(season, move):
    letter = NoticeFactory(letter__season=season).letter

    for by in (
        letter.observer.user,
        UserFactory(manager=True),
        UserFactory(participant=True, organiser=season.organiser),
    ):
        with pytest.raises(PermissionDenied):
            MOVES[move](letter, by)

    assert (Letter.objects.get().state, OwedMail.objects.count()) == ("open", 0)


def test_only_the_organisers_managers_send_many(season):
    letter = NoticeFactory(letter__season=season).letter

    with pytest.raises(PermissionDenied):
        services.send_letters([letter.pk], now=NOW, by=UserFactory(manager=True))
