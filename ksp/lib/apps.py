"""The library's app: templates tags and translations."""

from django.apps import AppConfig


class LibConfig(AppConfig):
    """Glue without models."""

    name = "ksp.lib"
    label = "lib"

    def ready(self) -> None:
        """Teach SQLite to sort as Norwegian does."""
        from ksp.lib import collation  # noqa: F401, PLC0415 -- listens for new connections
