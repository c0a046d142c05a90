"""The API's results: a participant's own figures, and how each of them came about."""

import uuid

from rest_framework.request import Request
from rest_framework.response import Response

from ksp.accounts.api import ApiView
from participants.models import STAFF, Enrolment
from reports import services
from reports.selectors.explanations import readable_contact, readable_enrolment
from reports.serializers import contact_shaped, explanation_shaped, results_shaped
from responses.models import SurveyResponse
from scoring.explanations import UnknownFigure, explain, explain_contact
from scoring.selectors import enrolment_results


class ResultsView(ApiView):
    """What the addresses under a participant's results share."""

    permission = "reports.open_dashboard"

    @property
    def sees_all(self) -> bool:
        """Whether the person may see the others by name, and times."""
        return self.person.role in STAFF

    def enrolment(self, season: str, participant: str) -> Enrolment:
        """Return the participant in the season, by its id or key, if its results are the person's to read."""
        return readable_enrolment(self.person, season=season, participant=participant)


class ParticipantResults(ResultsView):
    """A participant's figures, each with where it is explained."""

    def get(self, request: Request, season: str, participant: str) -> Response:
        """Give the figures as they are stored."""
        found = enrolment_results(self.enrolment(season, participant))
        return Response(results_shaped(found, sees_all=self.sees_all, whole=request.build_absolute_uri))


class FigureExplanation(ResultsView):
    """How one figure came about."""

    def get(self, request: Request, season: str, participant: str, figure: str) -> Response:
        """Give the contacts that add up to it, or whom a place was compared with; ``?method=`` narrows it."""
        enrolment = self.enrolment(season, participant)
        method = request.query_params.get("method", "")
        try:
            found = explain(enrolment, figure, method=method, sees_all=self.sees_all)
        except UnknownFigure:
            raise Enrolment.DoesNotExist from None
        whole = request.build_absolute_uri
        return Response(explanation_shaped(found, enrolment, sees_all=self.sees_all, whole=whole))


class ContactExplanation(ResultsView):
    """How one contact's score came about."""

    def get(self, request: Request, season: str, participant: str, key: uuid.UUID) -> Response:
        """Give its questions, answers and points, and log that a participant has read them."""
        enrolment = self.enrolment(season, participant)
        response = readable_contact(self.person, key)
        if response.enrolment_id != enrolment.pk:
            raise SurveyResponse.DoesNotExist
        services.record_reading(response, by=self.person)
        shaped = contact_shaped(
            explain_contact(response), enrolment, sees_all=self.sees_all, whole=request.build_absolute_uri
        )
        return Response(shaped)
