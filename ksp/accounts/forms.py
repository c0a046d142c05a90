"""What people fill in about accounts."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from ksp.accounts.models import ColourScheme, Language, Role, User
from ksp.accounts.ties import tie_of

TIE = "stands_for"


class InviteForm(forms.Form):
    """A person who is to have an account, in a role that is chosen before."""

    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("The invitation is sent here. The link works for 24 hours.")
    )

    def __init__(self, *args: Any, role: str, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tie = tie_of(role)
        if tie is not None:
            self.fields[TIE] = tie.field(by)

    @property
    def stands_for(self) -> Any:
        """What was chosen for the account to stand for, if its role stands for something."""
        return self.cleaned_data.get(TIE)


class AccountForm(forms.Form):
    """What an administrator may change about an account."""

    name = forms.CharField(label=_("Name"), max_length=150)
    role = forms.ChoiceField(
        label=_("Role"), choices=Role.choices, help_text=_("A new role holds from the person’s next click.")
    )


class PasswordForm(forms.Form):
    """The password of an invited person."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least 12 characters. A sentence that you remember is good; your name or a common password is not."
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_password(self) -> str:
        """Refuse what is easily guessed."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self._user)
        return password


class ProfileForm(forms.Form):
    """What people decide about their own account."""

    name = forms.CharField(label=_("Name"), max_length=150)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, widget=forms.RadioSelect)
    colour_scheme = forms.ChoiceField(label=_("Colours"), choices=ColourScheme.choices, widget=forms.RadioSelect)
    has_shortcuts = forms.BooleanField(
        label=_("Keyboard shortcuts"),
        required=False,
        help_text=_("In the review, single keys read, return and approve. They never work while you write."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user.role not in {Role.ADMINISTRATOR, Role.MANAGER}:
            del self.fields["has_shortcuts"]


class TokenForm(forms.Form):
    """A key for a program: what it is called, and how long it works."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Which program uses it, so that you know it again.")
    )
    days = forms.TypedChoiceField(
        label=_("Works for"),
        coerce=int,
        choices=[(90, _("90 days")), (365, _("A year")), (0, _("Until you revoke it"))],
    )

    def expires_at(self, now: datetime) -> datetime | None:
        """Return until when the key works; None without an end."""
        days: int = self.cleaned_data["days"]
        return now + timedelta(days=days) if days else None


class AppearanceForm(forms.Form):
    """Which colours a person wants, chosen in the frame of any page."""

    colour_scheme = forms.ChoiceField(choices=ColourScheme.choices)
    next = forms.CharField(required=False)
