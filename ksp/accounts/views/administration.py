"""The administrator's pages: home, people, invitations, mail, the audit trail."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from ksp.accounts import services
from ksp.accounts.decorators import needs
from ksp.accounts.filters import AuditForm, UserFilter
from ksp.accounts.forms import AccountForm, InviteForm
from ksp.accounts.models import AuditEvent, OwedMail, Role, User
from ksp.accounts.requests import UserRequest
from ksp.accounts.selectors import history_of, people_by_role, with_invitation
from ksp.accounts.ties import tie_of
from ksp.accounts.trail import page_of_events
from ksp.lib.attention import items_for
from ksp.lib.errors import DomainError
from ksp.lib.paging import page_of

ADMINISTER = "accounts.administer"


@require_safe
@needs(ADMINISTER)
def administration(request: UserRequest) -> HttpResponse:
    """Show what waits for the administrator, and how things stand."""
    items = items_for(request.user)
    context = {
        "urgent": [item for item in items if item.is_urgent],
        "standing": [item for item in items if not item.is_urgent],
        "people": people_by_role(request.user),
    }
    return render(request, "accounts/administration.html", context)


@require_safe
@needs(ADMINISTER)
def users(request: UserRequest) -> HttpResponse:
    """Show everybody who has an account."""
    people = with_invitation(User.objects.visible_to(request.user))
    narrowed = UserFilter(request.GET, queryset=people)
    context = {
        "form": narrowed.form,
        "page": page_of(narrowed.qs.order_by("name", "pk"), request),
        "is_narrowed": any(value for name, value in request.GET.items() if name != "page"),
    }
    return render(request, "accounts/user_list.html", context)


@needs("accounts.invite_user")
def invite(request: UserRequest) -> HttpResponse:
    """Invite a person; the role is chosen first, by the address."""
    role = request.GET.get("role", Role.MANAGER)
    if role not in Role.values:
        raise BadRequest
    asked = {name: request.GET.get(name, "") for name in ("name", "email", "stands_for")}
    form = InviteForm(request.POST or None, role=role, by=request.user, initial=asked)
    if request.method == "POST" and form.is_valid():
        name, email = form.cleaned_data["name"], form.cleaned_data["email"]
        try:
            services.invite_user(by=request.user, email=email, name=name, role=role, stands_for=form.stands_for)
        except services.EmailTaken as error:
            form.add_error("email", str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(name)s is invited. The e-mail is on its way.") % {"name": name})
            return redirect("accounts:users")
    return render(request, "accounts/user_invite.html", {"form": form, "role": role, "roles": Role.choices})


@needs("accounts.change_user")
def user(request: UserRequest, key: UUID) -> HttpResponse:
    """Show one account, and change its name or role."""
    account = get_object_or_404(with_invitation(User.objects.visible_to(request.user)), public_id=key)
    form = AccountForm(request.POST or None, initial={"name": account.name, "role": account.role})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_user(account.pk, by=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The account is changed."))
            return redirect("accounts:user", key)
    tie = tie_of(account.role)
    context = {
        "account": account,
        "form": form,
        "heading": tie.heading if tie else "",
        "things": tie.things(account) if tie else [],
        "history": history_of(account)[:20],
    }
    return render(request, "accounts/user_detail.html", context)


@require_POST
@needs("accounts.change_user")
def set_open(request: UserRequest, key: UUID) -> HttpResponse:
    """Open or close an account."""
    account = get_object_or_404(User.objects.visible_to(request.user), public_id=key)
    is_open = request.POST.get("open") == "yes"
    try:
        services.change_user(account.pk, by=request.user, is_active=is_open)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        words = {"name": account.name}
        opened, closed = _("%(name)s can sign in again."), _("%(name)s can no longer sign in.")
        messages.success(request, (opened if is_open else closed) % words)
    return redirect("accounts:user", key)


@require_POST
@needs("accounts.invite_user")
def send_invitation(request: UserRequest, key: UUID) -> HttpResponse:
    """Send a fresh link to choose a password with."""
    account = get_object_or_404(User.objects.visible_to(request.user), public_id=key, is_active=True)
    services.send_invitation(account.pk, by=request.user)
    messages.success(request, _("A new invitation is on its way to %(email)s.") % {"email": account.email})
    return redirect("accounts:user", key)


@needs(ADMINISTER)
def mail(request: UserRequest) -> HttpResponse:
    """Show the mail that could not be sent, and let it be tried once more."""
    if request.method == "POST":
        count = services.retry_failed_mail(by=request.user)
        words = ngettext("%(count)s e-mail is tried again.", "%(count)s e-mails are tried again.", count)
        messages.success(request, words % {"count": count})
        return redirect("accounts:administration")
    failed = OwedMail.objects.visible_to(request.user).set_aside().order_by("-pk")
    return render(request, "accounts/mail_list.html", {"page": page_of(failed, request)})


@require_safe
@needs("accounts.read_audit")
def audit(request: UserRequest) -> HttpResponse:
    """Show who did what, the latest first."""
    form = AuditForm(request.GET)
    events = form.narrow(AuditEvent.objects.visible_to(request.user), people=User.objects.visible_to(request.user))
    page = page_of_events(events, before=request.GET.get("before", ""))
    is_narrowed = any(value for name, value in request.GET.items() if name != "before")
    return render(request, "accounts/auditevent_list.html", {"form": form, "page": page, "is_narrowed": is_narrowed})
