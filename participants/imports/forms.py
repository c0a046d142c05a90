"""What is filled in to upload a list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ksp.accounts.models import User
from participants.imports.kinds import ListKind
from participants.models import Season
from participants.selectors import current_season


class UploadForm(forms.Form):
    """A list, and the season it is for if it belongs to one."""

    season = forms.ModelChoiceField(Season.objects.none(), label=_("Season"), to_field_name="code", empty_label=None)
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file first.")},
    )

    def __init__(self, *args: Any, kind: ListKind, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not kind.needs_season:
            del self.fields["season"]
            return
        open_for_lists = Season.objects.visible_to(user).exclude(state__in=kind.final_states)
        field = self.fields["season"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = open_for_lists.current_first()
            self.initial.setdefault("season", current_season(list(field.queryset)))
