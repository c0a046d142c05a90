from typing import Any

from import_export.fields import Field

class Resource:
    fields: dict[str, Field]
    def __init__(self, **kwargs: Any) -> None: ...
    def get_import_fields(self, selected_fields: list[str] | None = ...) -> list[Field]: ...
