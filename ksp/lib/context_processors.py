"""What every page is told about the person who reads it."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from ksp.lib import navigation
from ksp.lib.navigation import LinkGroup, Menu


class Shell:
    """The frame round a page; each part is worked out when a template first asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def person(self) -> object | None:
        """The one who is signed in, or None."""
        user = getattr(self._request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def menu(self) -> Menu:
        """The menu of the person's role."""
        return navigation.menu_of(getattr(self.person, "role", ""))

    @property
    def template(self) -> str:
        """The base template of the person's role, for pages that several roles share."""
        return self.menu.template

    @cached_property
    def groups(self) -> list[LinkGroup]:
        """The person's menu, with the current page marked."""
        return navigation.links(self.menu, self._request)

    @property
    def colour_scheme(self) -> str:
        """Light, dark, or as the device has it."""
        return getattr(self.person, "colour_scheme", "") or "auto"

    @property
    def shortcuts(self) -> str:
        """Whether keyboard shortcuts are on, as the page's script reads it."""
        return "on" if getattr(self.person, "has_shortcuts", False) else "off"

    @property
    def here(self) -> str:
        """The address to come back to after a choice in the frame."""
        return self._request.get_full_path() if self._request.method == "GET" else self._request.path

    @property
    def profile_url(self) -> str:
        """The person's own account page."""
        return navigation.address("accounts:profile")

    @property
    def appearance_url(self) -> str:
        """Where the choice of colours is sent."""
        return navigation.address("accounts:set_appearance")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what base.html and the frames of the roles draw."""
    return {"shell": Shell(request), "demo": settings.DEMO}
