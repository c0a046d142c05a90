"""Published versions of results, and what checks of them found."""

import factory
from django.utils import timezone

from reports.models import Publication, PublicationCheck
from tests.factories.accounts import UserFactory
from tests.factories.participants import SeasonFactory


class PublicationFactory(factory.django.DjangoModelFactory):
    """A version of nothing; ``reports.services.freeze_results`` makes whole ones."""

    class Meta:
        model = Publication

    season = factory.SubFactory(SeasonFactory, published=True)
    version = 1
    published_at = factory.LazyFunction(timezone.now)
    published_by = factory.SubFactory(
        UserFactory, administrator=True, organiser=factory.SelfAttribute("..season.organiser")
    )
    code_version = "0.1.0+0"
    answers_fingerprint = questionnaire_fingerprint = rules_fingerprint = fingerprint = "0" * 64
    results = factory.LazyAttribute(
        lambda publication: {
            "season": publication.season.code,
            "participants": [],
            "classes": [],
            "season_result": {},
            "awards": [],
            "combined": [],
        }
    )
    rests_on = factory.LazyFunction(lambda: {"participants": {}, "corrections": []})


class PublicationCheckFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PublicationCheck

    publication = factory.SubFactory(PublicationFactory)
    checked_at = factory.LazyFunction(timezone.now)
