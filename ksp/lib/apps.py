"""The library's app: templates tags and translations."""

from django.apps import AppConfig


class LibConfig(AppConfig):
    """Glue without models."""

    name = "ksp.lib"
    label = "lib"
