from typing import Any

from import_export.widgets import Widget

class Field:
    attribute: str | None
    column_name: str
    widget: Widget
    def __init__(
        self,
        attribute: str | None = ...,
        column_name: str | None = ...,
        widget: Widget | None = ...,
        default: Any = ...,
    ) -> None: ...
    def clean(self, row: Any, **kwargs: Any) -> Any: ...
