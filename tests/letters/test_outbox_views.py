import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assignments.letters.models import Letter
from ksp.accounts.models import OwedMail
from tests.factories.accounts import OwedMailFactory, UserFactory
from tests.factories.letters import LetterFactory, NoticeFactory, WeekChangeFactory
from tests.factories.participants import SeasonFactory

pytestmark = pytest.mark.django_db
OUTBOX = reverse("letters:outbox")


@pytest.fixture
def season():
    return SeasonFactory(open=True, code="KSP22")


@pytest.fixture
def manager(season):
    return UserFactory(manager=True, organiser=season.organiser)


@pytest.fixture
def desk(manager, browser_of):
    return browser_of(manager)


def words(browser, address):
    """Give the text of the page's main part, without its markup."""
    html = browser.get(address).content.decode().partition("<main")[2].partition("</main")[0]
    return text_of(html)


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").split())


def page_of(letter, name="letter"):
    return reverse(f"letters:{name}", args=[letter.public_id])


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("show", ["open", "sent", "dropped"])
def test_outbox_has_a_constant_number_of_queries(desk, season, rows, show, count_queries):
    for _row in range(rows):
        NoticeFactory(
            letter__season=season,
            letter__mail=OwedMailFactory(),
            **({} if show == "open" else {f"letter__{show}": True}),
        )

    desk.get(OUTBOX)
    with count_queries({"open": 9, "sent": 8, "dropped": 8}[show]):
        page = desk.get(OUTBOX, {"show": show})

    assert len(page.context["rows"]) == rows


def test_letters_that_are_held_come_first_with_what_they_tell(desk, season):
    waiting = LetterFactory(season=season)
    held = LetterFactory(season=season, held=True, send_at=timezone.now() + timedelta(days=1))
    for kind in ("offered", "offered", "reminder"):
        NoticeFactory(letter=held, kind=kind)
    NoticeFactory(letter=held, kind="withdrawn", assignment__state="withdrawn")
    NoticeFactory(letter=held, kind="offered", assignment__state="accepted")
    LetterFactory(held=True)

    page = desk.get(OUTBOX)

    told = [(row.letter, row.words) for row in page.context["rows"]]
    assert told == [(held, ["2 nye tilbud", "1 endring", "1 påminnelse"]), (waiting, [])]
    assert "Send brevet som holdes tilbake" in text_of(page.content.decode())


def test_menu_counts_the_letters_that_are_held(desk, season):
    LetterFactory(season=season, held=True)
    LetterFactory(season=season)
    LetterFactory(held=True)

    links = [link for group in desk.get(OUTBOX).context["shell"].groups for link in group.links]

    assert [link.count for link in links if link.url == OUTBOX] == [1]


def test_sent_letters_say_whether_they_arrived(desk, season):
    now = timezone.now()
    mails = [OwedMailFactory(), OwedMailFactory(sent_at=now), OwedMailFactory(tries=5, last_error="Mailbox full")]
    for number, mail in enumerate(mails):
        LetterFactory(season=season, sent=True, mail=mail, counts={"offered": number + 1}, closed_at=now)

    text = words(desk, f"{OUTBOX}?show=sent")

    for part in ("3 nye tilbud Ikke levert Mailbox full", "2 nye tilbud Sendt", "1 nytt tilbud På vei"):
        assert part in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Ingen brev venter"),
        ("?show=sent", "Ingen brev er sendt ennå"),
        ("?show=dropped", "Ingen brev er forkastet"),
        ("?show=rot&page=9&season=KSP99", "Ingen brev venter"),
    ],
)
def test_empty_outbox_says_what_will_be_there(desk, query, said):
    assert said in words(desk, OUTBOX + query)


def test_outbox_without_a_season_says_where_to_begin(browser_of):
    browser = browser_of(UserFactory(manager=True))

    assert "Det finnes ingen sesong ennå" in words(browser, OUTBOX)
    assert browser.post(reverse("letters:send_held")).url == OUTBOX


@pytest.mark.parametrize("rows", [1, 3])
def test_letter_has_a_constant_number_of_queries(desk, season, rows, count_queries):
    letter = LetterFactory(season=season)
    NoticeFactory.create_batch(rows, letter=letter)

    with count_queries(6):
        page = desk.get(page_of(letter))

    assert len(page.context["news"]) == rows


def test_letter_is_shown_as_it_is_sent(desk, season):
    letter = NoticeFactory(letter__season=season, letter__observer__user__name="Ingrid Lie").letter

    shown = desk.get(page_of(letter)).context["mail"]
    desk.post(page_of(letter, "send"))

    mail = OwedMail.objects.get()
    assert (shown.subject, shown.body) == (mail.subject, mail.body)
    assert mail.body.startswith("Hei Ingrid")
    # What was sent is kept with the letter, though the mail itself is emptied when it is delivered.
    OwedMail.objects.update(body="")
    assert desk.get(page_of(letter)).context["mail"].body == shown.body


def test_letter_without_news_says_so(desk, season):
    letter = NoticeFactory(letter__season=season, assignment__state="accepted").letter

    assert "Ingenting i brevet er nytt lenger." in words(desk, page_of(letter))
    assert "Det var ingenting igjen å fortelle." in text_of(
        desk.post(page_of(letter, "send"), follow=True).content.decode()
    )


def test_letter_is_held_let_go_and_dropped(desk, season):
    letter = NoticeFactory(letter__season=season).letter

    said = []
    for name, data in [("hold", {}), ("let_go", {}), ("drop", {}), ("drop", {"reason": "Feil uke"}), ("hold", {})]:
        page = desk.post(page_of(letter, name), data, follow=True)
        said.append([str(message) for message in page.context["messages"]])

    assert said == [
        ["Brevet holdes tilbake til du sender det eller slipper det."],
        ["Brevet sendes av seg selv."],
        ["Skriv hvorfor brevet forkastes."],
        ["Brevet er forkastet. Ingenting sendes."],
        ["Dette brevet er allerede «Forkastet». Last siden på nytt."],
    ]
    assert "Ingenting ble sendt." in words(desk, page_of(letter))


def test_all_that_are_held_are_sent_at_once(desk, season):
    for _count in range(2):
        NoticeFactory(letter__season=season, letter__held=True)
    NoticeFactory(letter__season=season)
    NoticeFactory(letter__held=True)

    pages = [desk.post(reverse("letters:send_held"), {"season": "KSP22"}, follow=True) for _twice in range(2)]

    said = [[str(message) for message in page.context["messages"]] for page in pages]
    assert said == [["2 brev er på vei."], ["Ingen brev ventet på at du skulle sende dem."]]
    assert (OwedMail.objects.count(), Letter.objects.filter(state="sent").count()) == (2, 2)


def test_letters_of_another_organiser_do_not_exist(desk):
    letter = LetterFactory()

    answers = [
        desk.get(page_of(letter)),
        *(desk.post(page_of(letter, name)) for name in ("send", "hold", "let_go", "drop")),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5


def test_letters_are_seen_by_the_organisers_staff_only(season):
    letter = LetterFactory(season=season)
    others = [
        letter.observer.user,
        UserFactory(manager=True),
        UserFactory(manager=True, organiser=season.organiser, is_active=False),
    ]

    assert [list(Letter.objects.visible_to(other)) for other in others] == [[], [], []]
    assert str(letter) == f"{letter.observer}, KSP22"


def test_contacts_page_shows_what_was_told_and_where_it_was_moved(desk, season):
    notice = NoticeFactory(letter__season=season, letter__sent=True)
    WeekChangeFactory(assignment=notice.assignment, reason="Jeg er på reise.")

    text = words(desk, notice.assignment.get_absolute_url())

    assert "flyttet kontakten fra uke 48 til uke 49" in text
    assert f"Hvorfor: Jeg er på reise. Nytt tilbud: brev til {notice.letter.observer} Sendt" in text
    assert str(notice) == f"Nytt tilbud: {notice.assignment.code}"
