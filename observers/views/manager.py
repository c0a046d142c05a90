"""The manager's pages about observers."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.accounts.selectors import history_of
from ksp.lib.collation import norwegian
from ksp.lib.paging import page_of
from ksp.lib.panels import panels
from observers.filters import ObserverFilter
from observers.loads import loads_of
from observers.models import Observer

READ = "observers.read_observer"
SHOWN = 20


@require_safe
@needs(READ)
def listing(request: UserRequest) -> HttpResponse:
    """Show all observers, with what they have to do; those who are not active come last."""
    narrowed = ObserverFilter(request.GET, queryset=Observer.objects.visible_to(request.user), user=request.user)
    ordered = narrowed.qs.order_by("-is_active", norwegian("last_name"), norwegian("first_name"), "pk")
    page = page_of(ordered, request)
    loads = loads_of([observer.pk for observer in page.object_list])
    context = {
        "form": narrowed.form,
        "page": page,
        "rows": [(observer, loads[observer.pk]) for observer in page.object_list],
        "is_narrowed": any(value for name, value in request.GET.items() if name != "page"),
        "may_import": request.user.has_perm("observers.import_observers"),
    }
    return render(request, "observers/observer_list.html", context)


@require_safe
@needs(READ)
def detail(request: UserRequest, key: UUID) -> HttpResponse:
    """Show one observer: profile, score, conflicts of interest, and what apps above know."""
    observer = get_object_or_404(Observer.objects.visible_to(request.user).select_related("user"), public_id=key)
    met = observer.prior_contacts.select_related("participant").order_by("-contacted_on", "-pk")
    relations = observer.customer_relations.select_related("participant").order_by("participant__name")
    context = {
        "observer": observer,
        "load": loads_of([observer.pk])[observer.pk],
        "met": met[:SHOWN],
        "met_count": met.count(),
        "relations": relations,
        "may_invite": observer.user is None and request.user.has_perm("accounts.invite_user", observer),
        "panels": panels("observers:detail", observer, user=request.user),
        "history": history_of(observer)[:10],
    }
    return render(request, "observers/observer_detail.html", context)
