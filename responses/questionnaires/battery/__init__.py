"""The questionnaires that ship with the project, as data with a loader."""

from responses.questionnaires.battery.loader import available_batteries, load_battery
from responses.questionnaires.battery.shapes import Area, Battery, BatteryError, Option, Question

__all__ = [
    "Area",
    "Battery",
    "BatteryError",
    "Option",
    "Question",
    "available_batteries",
    "load_battery",
]
