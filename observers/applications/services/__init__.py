"""Every change to applications and teams: observers apply, managers decide, members join and leave."""

from observers.applications.services.applying import (
    ApplicationIncomplete,
    ApplicationsClosed,
    save_application,
    submit_application,
    withdraw_application,
)
from observers.applications.services.deciding import Decided, ReasonMissing, decide_applications
from observers.applications.services.team import NotOnTheTeam, SeasonOver, join_team, leave_team

__all__ = [
    "ApplicationIncomplete",
    "ApplicationsClosed",
    "Decided",
    "NotOnTheTeam",
    "ReasonMissing",
    "SeasonOver",
    "decide_applications",
    "join_team",
    "leave_team",
    "save_application",
    "submit_application",
    "withdraw_application",
]
