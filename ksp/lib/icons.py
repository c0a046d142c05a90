"""The icons that exist, read from the sprite they are drawn from."""

import re
from functools import cache
from pathlib import Path
from typing import Final

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

SPRITE: Final = "ksp/icons.svg"
SPRITE_FILE: Final = Path(__file__).resolve().parent.parent / "static" / SPRITE

METHOD_ICONS: Final = {
    "phone": "phone",
    "email": "mail",
    "chat": "message-square",
    "messenger": "message-circle",
}


@cache
def names() -> frozenset[str]:
    """Return the names of all icons."""
    return frozenset(re.findall(r'<symbol id="([a-z0-9-]+)"', SPRITE_FILE.read_text(encoding="utf-8")))


@cache
def svg(name: str, *, css: str = "icon") -> SafeString:
    """Return an icon that stands beside a word; a name nobody drew is refused."""
    if name not in names():
        message = f"There is no icon called {name!r}."
        raise ValueError(message)
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        css,
        static(SPRITE),
        name,
    )
