"""Letters to observers."""

import factory
from django.utils import timezone

from assignments.letters.models import Letter, Notice, WeekChange
from assignments.letters.workflow import LetterState, NoticeKind
from assignments.models import ManualRead
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import SeasonFactory


class ManualReadFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ManualRead

    season = factory.SubFactory(SeasonFactory, open=True)
    observer = factory.SubFactory(ObserverFactory, organiser=factory.SelfAttribute("..season.organiser"))
    read_at = factory.LazyFunction(timezone.now)


class LetterFactory(factory.django.DjangoModelFactory):
    """An open letter; ``held`` waits for a manager, ``sent`` and ``dropped`` are over."""

    class Meta:
        model = Letter

    class Params:
        closed = factory.Trait(
            closed_at=factory.LazyFunction(timezone.now),
            closed_by=factory.SubFactory(
                UserFactory, manager=True, organiser=factory.SelfAttribute("..season.organiser")
            ),
        )
        held = factory.Trait(is_held=True)
        sent = factory.Trait(closed=True, state=LetterState.SENT, subject="Nytt oppdrag", body="Hei")
        dropped = factory.Trait(closed=True, state=LetterState.DROPPED, drop_reason="Feil uke.")

    season = factory.SubFactory(SeasonFactory, open=True)
    observer = factory.SubFactory(ObserverFactory, organiser=factory.SelfAttribute("..season.organiser"))
    begun_at = factory.LazyFunction(timezone.now)
    send_at = factory.LazyFunction(timezone.now)


class NoticeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Notice

    letter = factory.SubFactory(LetterFactory)
    assignment = factory.SubFactory(
        AssignmentFactory,
        offered=True,
        season=factory.SelfAttribute("..letter.season"),
        observer=factory.SelfAttribute("..letter.observer"),
    )
    kind = NoticeKind.OFFERED
    noted_at = factory.LazyFunction(timezone.now)
    noted_by = factory.SubFactory(
        UserFactory, manager=True, organiser=factory.SelfAttribute("..letter.season.organiser")
    )


class WeekChangeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WeekChange

    assignment = factory.SubFactory(AssignmentFactory, accepted=True)
    week_before = "2021-W48"
    week = "2021-W49"
    changed_at = factory.LazyFunction(timezone.now)
    changed_by = factory.LazyAttribute(lambda change: change.assignment.observer.user)
