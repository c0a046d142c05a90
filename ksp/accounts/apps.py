"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in, their roles, and the audit trail."""

    name = "ksp.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Register permissions and receivers."""
        from ksp.accounts import receivers, rules  # noqa: F401, PLC0415 -- registers receivers and permissions
