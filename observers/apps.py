"""The observers app."""

from django.apps import AppConfig


class ObserversConfig(AppConfig):
    """The people who make the contacts, and their conflicts of interest."""

    name = "observers"

    def ready(self) -> None:
        """Register the permissions, the lists that can be imported, and how accounts are tied to profiles."""
        from ksp.accounts.ties import register_tie  # noqa: PLC0415 -- needs the models
        from observers import rules, ties  # noqa: F401, PLC0415 -- registers permissions
        from observers.imports.conflicts import CustomerRelations, PriorContacts  # noqa: PLC0415 -- needs the models
        from observers.imports.observers import Observers  # noqa: PLC0415 -- needs the models
        from participants.imports.kinds import register_kind  # noqa: PLC0415 -- needs the models

        for kind in (Observers(), PriorContacts(), CustomerRelations()):
            register_kind(kind)
        register_tie("observer", ties.PROFILE)
