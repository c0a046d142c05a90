"""The accounts app."""

from django.apps import AppConfig

from ksp.lib.attention import register_attention


class AccountsConfig(AppConfig):
    """People who sign in, their roles, and the audit trail."""

    name = "ksp.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Register permissions, receivers, and what waits for the administrator."""
        from ksp.accounts import receivers, rules, selectors  # noqa: F401, PLC0415 -- registers receivers and permissions

        register_attention(selectors.attention)
