"""The addresses of pages about a season; none where this site does not have the page."""

from urllib.parse import urlencode

from ksp.lib.navigation import address
from participants.models import Season


def season_link(url_name: str, season: Season, **choices: object) -> str:
    """Return the address of a page, narrowed to the season and to what else is chosen."""
    page = address(url_name)
    return f"{page}?{urlencode({'season': season.code, **choices})}" if page else ""
