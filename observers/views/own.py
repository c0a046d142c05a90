"""The observer's own page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ksp.accounts.requests import UserRequest
from ksp.lib.panels import panels
from observers.decorators import observer_page
from observers.models import Observer
from participants.models import ContactMethod


@require_safe
@observer_page
def own_page(request: UserRequest) -> HttpResponse:
    """Show the observer's own profile, and how good the latest work was."""
    observer = Observer.objects.visible_to(request.user).first()
    labels = dict(ContactMethod.choices)
    context = {
        "observer": observer,
        "methods": [labels.get(method, method) for method in observer.methods] if observer else [],
        "panels": panels("observers:own_page", observer, user=request.user) if observer else [],
    }
    return render(request, "observers/observer_own_page.html", context)
