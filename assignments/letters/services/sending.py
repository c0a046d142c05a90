"""Sends letters, holds them back, lets them go and drops them."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _

from assignments.deadlines import answer_by
from assignments.letters.emails import digest
from assignments.letters.models import Letter, Notice
from assignments.letters.workflow import DROP, HOLD, LET_GO, SEND, LetterState, NoticeKind
from assignments.models import Assignment
from assignments.services import ReasonMissing
from assignments.workflow import AssignmentState
from ksp.accounts.models import AuditEvent, OwedMail, User
from ksp.accounts.services import owe_mails
from ksp.lib.workflow import Transition, TransitionNotAllowed

BATCH = 500


@transaction.atomic
def send_letter(letter_id: int, *, now: datetime, by: User) -> Letter:
    """Send the letter now, also one that is held; if nothing in it is news any more it is dropped."""
    # Locked by what follows, after the offers in it.
    letter = Letter.objects.select_related("season").get(pk=letter_id)
    _check(letter, SEND, by=by)
    is_sent = send_letters([letter_id], now=now, by=by)
    letter.refresh_from_db()
    if not is_sent and letter.state != LetterState.DROPPED:
        raise TransitionNotAllowed(_("Somebody else is changing or sending this letter. Reload the page."))
    return letter


@transaction.atomic
def send_letters(letter_ids: Collection[int], *, now: datetime, by: User) -> int:
    """Send those of the letters that are open, each as one e-mail; return how many were sent.

    From now the offers in them stand as long as the season says. What is no news any more is left out, and a letter
    of nothing else dropped; one that somebody else sends, or adds news to, at this moment is left to a later try.
    """
    offers = _lock_offers(letter_ids)
    skip = connection.features.has_select_for_update_skip_locked
    rows = Letter.objects.open().filter(pk__in=list(letter_ids)).select_for_update(of=("self",), skip_locked=skip)
    letters = list(rows.select_related("season", "observer__user").defer("season__manual").order_by("pk"))
    seasons = {one.season_id: one.season for one in letters}
    if not all(by.has_perm(SEND.permission, season) for season in seasons.values()):
        raise PermissionDenied
    news: dict[int, list[Notice]] = {one.pk: [] for one in letters}
    for notice in Notice.objects.current().filter(letter__in=letters).select_related("assignment"):
        news[notice.letter_id].append(notice)
    whole = [one for one in letters if _offered(news[one.pk]) <= offers]
    told = [(one, user) for one in whole if news[one.pk] and (user := one.observer.user) is not None]
    sent = [one for one, _user in told]
    _write_down(told, news, now=now)
    _close(sent, SEND, now=now, by=by)
    said = [notice.pk for one in sent for notice in news[one.pk]]
    Notice.objects.filter(letter__in=sent).exclude(pk__in=said).delete()
    _close([one for one in whole if one not in sent], DROP, now=now, by=by)
    _let_offers_stand(sent, news, now=now)
    return len(sent)


def _lock_offers(letter_ids: Collection[int]) -> set[int]:
    """Lock the offers that the letters tell of, before the letters: in this order everybody else locks them too."""
    rows = Assignment.objects.filter(
        notices__letter__in=list(letter_ids), notices__kind=NoticeKind.OFFERED, state=AssignmentState.OFFERED
    )
    return {item.pk for item in rows.select_for_update(of=("self",)).order_by("pk").only("pk")}


def _offered(news: Iterable[Notice]) -> set[int]:
    return {one.assignment_id for one in news if one.kind == NoticeKind.OFFERED}


def _write_down(told: Sequence[tuple[Letter, User]], news: dict[int, list[Notice]], *, now: datetime) -> None:
    """Owe the e-mails, and note in each letter what it says."""
    for letter, user in told:
        text = digest(letter, news[letter.pk], language=user.language, name=user.first_name, now=now)
        letter.subject, letter.body = text.subject, text.body
        letter.counts = dict(Counter(one.kind for one in news[letter.pk]))
        letter.mail = OwedMail(
            organiser_id=letter.season.organiser_id, to=user.email, subject=text.subject, body=text.body
        )
    owed = [letter.mail for letter, _user in told if letter.mail]
    owe_mails(owed)
    # A mail has its key only now that it is written.
    for (letter, _user), mail in zip(told, owed, strict=True):
        letter.mail = mail


def _close(letters: Sequence[Letter], transition: Transition, *, now: datetime, by: User) -> None:
    for letter in letters:
        letter.state, letter.closed_at, letter.closed_by = LetterState(transition.target), now, by
        if transition is DROP:
            letter.drop_reason = _("There was nothing left to tell.")
    fields = ["state", "closed_at", "closed_by", "subject", "body", "counts", "mail", "drop_reason"]
    Letter.objects.bulk_update(letters, fields, batch_size=BATCH)
    AuditEvent.objects.bulk_create((AuditEvent.of(by, transition.verb, one) for one in letters), batch_size=BATCH)


def _let_offers_stand(letters: Sequence[Letter], news: dict[int, list[Notice]], *, now: datetime) -> None:
    """Count the days to answer from the moment at which the observer is told."""
    until: dict[tuple[int, str, str], list[int]] = {}
    rules = {letter.season_id: letter.season.settings for letter in letters}
    for letter in letters:
        for item in (one.assignment for one in news[letter.pk] if one.kind == NoticeKind.OFFERED):
            until.setdefault((item.season_id, item.week, item.method), []).append(item.pk)
    by_moment: dict[datetime, list[int]] = {}
    for (season, week, method), keys in until.items():
        last = answer_by(week, method=method, settings=rules[season], now=now)
        by_moment.setdefault(last, []).extend(keys)
    for last, keys in by_moment.items():
        Assignment.objects.filter(pk__in=keys).update(answer_by=last)


@transaction.atomic
def send_due_letters(*, now: datetime, by: User) -> int:
    """Send the letters of ``by``'s organiser that have waited long enough; return how many were sent."""
    due = Letter.objects.open().filter(season__organiser=by.organiser_id, is_held=False, send_at__lte=now)
    keys = list(due.order_by("send_at").values_list("pk", flat=True)[:BATCH])
    return send_letters(keys, now=now, by=by) if keys else 0


@transaction.atomic
def hold_letter(letter_id: int, *, by: User) -> Letter:
    """Keep the letter until a manager sends it or lets it go."""
    return _set_held(_lock(letter_id, HOLD, by=by), HOLD, is_held=True, by=by)


@transaction.atomic
def let_letter_go(letter_id: int, *, by: User) -> Letter:
    """Let the letter be sent at its time."""
    return _set_held(_lock(letter_id, LET_GO, by=by), LET_GO, is_held=False, by=by)


def _set_held(letter: Letter, transition: Transition, *, is_held: bool, by: User) -> Letter:
    if letter.is_held != is_held:
        letter.is_held = is_held
        letter.save(update_fields=["is_held"])
        AuditEvent.record(by, transition.verb, letter)
    return letter


@transaction.atomic
def drop_letter(letter_id: int, *, reason: str, now: datetime, by: User) -> Letter:
    """Send nothing: what the letter would have told stands on the observer's pages alone."""
    if not reason.strip():
        raise ReasonMissing(_("Say why the letter is dropped."))
    letter = _lock(letter_id, DROP, by=by)
    letter.state, letter.closed_at, letter.closed_by = LetterState.DROPPED, now, by
    letter.drop_reason = reason.strip()[:300]
    letter.counts = dict(Counter(letter.notices.current().values_list("kind", flat=True)))
    letter.save(update_fields=["state", "closed_at", "closed_by", "drop_reason", "counts"])
    AuditEvent.record(by, DROP.verb, letter, reason=letter.drop_reason)
    return letter


def _lock(letter_id: int, transition: Transition, *, by: User) -> Letter:
    """Fetch the letter for update, or say why ``by`` cannot do this with it now."""
    rows = Letter.objects.select_for_update(of=("self",)).select_related("season", "observer")
    letter = rows.defer("season__manual").get(pk=letter_id)
    _check(letter, transition, by=by)
    return letter


def _check(letter: Letter, transition: Transition, *, by: User) -> None:
    if not by.has_perm(transition.permission, letter):
        raise PermissionDenied
    if letter.state not in transition.sources:
        message = _("This letter is already “%(state)s”. Reload the page.")
        raise TransitionNotAllowed(message % {"state": letter.get_state_display()})
