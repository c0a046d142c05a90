"""The responses app."""

from django.apps import AppConfig


class ResponsesConfig(AppConfig):
    """Filled-in reports, attempts, answers, the review queue."""

    name = "responses"

    def ready(self) -> None:
        """Register permissions, receivers, and what reports put on the pages of apps below."""
        from assignments.begun import register_begun  # noqa: PLC0415 -- models are ready only now
        from assignments.desk import register_desk  # noqa: PLC0415 -- models are ready only now
        from ksp.lib.navigation import register_count  # noqa: PLC0415 -- as above
        from ksp.lib.panels import register_panel  # noqa: PLC0415 -- as above
        from observers.applications.records import register_records  # noqa: PLC0415 -- as above
        from participants.preparation import register_readiness  # noqa: PLC0415 -- as above
        from responses import menu, own_work, panels, readiness, receivers, rules  # noqa: F401, PLC0415 -- some register
        from responses.track_records import track_records  # noqa: PLC0415 -- as above

        register_begun(own_work.begun_in)
        register_desk(own_work.ReportDesk())
        register_count("review", menu.waiting)
        register_panel("assignments:observer_home", own_work.home_quality)
        register_panel("observers:own_page", own_work.own_quality)
        register_panel("observers:detail", panels.observers_reports)
        register_panel("assignments:detail", panels.assignments_report)
        register_readiness(readiness.of_questionnaire)
        register_records(track_records)
