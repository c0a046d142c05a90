"""Lists: uploaded, previewed, imported, taken back."""

from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from ksp.lib.paging import page_of
from ksp.lib.sheets.columns import HeadingsRefused
from ksp.lib.sheets.reading import read_sheet
from ksp.lib.sheets.table import MOST_BYTES, MOST_ROWS
from participants.imports import services
from participants.imports.blanks import template_csv, template_xlsx
from participants.imports.forms import UploadForm
from participants.imports.kinds import ListKind, all_kinds, find_kind
from participants.imports.preview import first_tab, narrowed, shown, tabs_of
from participants.models import ImportBatch

IMPORT = "participants.import_participants"
DEFAULT = "participants"
TYPES = {
    "csv": ("text/csv; charset=utf-8", template_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", template_xlsx),
}


@require_safe
@needs(IMPORT)
def imports(request: UserRequest) -> HttpResponse:
    """Show the lists that have been uploaded, the latest first."""
    batches = ImportBatch.objects.visible_to(request.user).select_related("season", "uploaded_by")
    page = page_of(batches, request)
    labels = {kind.code: kind.label for kind in all_kinds()}
    rows = [(batch, labels.get(batch.kind, batch.kind)) for batch in page.object_list]
    return render(request, "participants/import_list.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(IMPORT)
def import_participants(request: UserRequest) -> HttpResponse:
    """Take a list in and lead to its preview; a file that cannot be read is answered in words on the same page."""
    kind = _kind(request.GET.get("list", DEFAULT))
    if request.method != "POST":
        return _upload_page(request, kind, UploadForm(kind=kind, user=request.user))
    form = UploadForm(request.POST, request.FILES, kind=kind, user=request.user)
    if not form.is_valid():
        return _upload_page(request, kind, form, status=400)
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    try:
        rows = kind.resource().check(read_sheet(file.read(MOST_BYTES + 1)))
        batch = services.preview_import(
            kind.code, rows, season=form.cleaned_data.get("season"), file_name=file.name or "", by=request.user
        )
    except DomainError as error:
        sentences = error.sentences if isinstance(error, HeadingsRefused) else [str(error)]
        for sentence in sentences:
            form.add_error("file", sentence)
        return _upload_page(request, kind, form, status=400)
    return redirect("participants:import", key=batch.public_id)


def _kind(code: str) -> ListKind:
    try:
        return find_kind(code)
    except KeyError:
        raise Http404 from None


def _upload_page(request: UserRequest, kind: ListKind, form: UploadForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "kind": kind,
        "kinds": all_kinds(),
        "columns": kind.resource.columns().values(),
        "most_megabytes": MOST_BYTES // 1024**2,
        "most_rows": MOST_ROWS,
    }
    return render(request, "participants/import_upload.html", context, status=status)


@require_safe
@needs(IMPORT)
def template(_request: UserRequest, code: str, form: str) -> HttpResponse:
    """Give an empty list with the right headings."""
    if form not in TYPES:
        raise Http404
    kind = _kind(code)
    content_type, make = TYPES[form]
    name = f"{code.replace('_', '-')}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(make(kind), content_type=content_type, headers=headers)


@require_safe
@needs(IMPORT)
def import_batch(request: UserRequest, key: UUID) -> HttpResponse:
    """Show what a list does, row by row, and what can be done with it now."""
    batch = _visible(request, key)
    kind = find_kind(batch.kind)
    show, search = request.GET.get("show") or first_tab(batch), request.GET.get("q", "").strip()
    page = page_of(narrowed(batch, show=show, search=search), request)
    context = {
        "batch": batch,
        "kind": kind,
        "tabs": tabs_of(batch),
        "show": show,
        "search": search,
        "page": page,
        "rows": shown(page.object_list, kind),
        "writes": batch.counts["new"] + batch.counts["changed"],
        "may_import": request.user.has_perm(kind.permission, batch),
    }
    return render(request, "participants/import_detail.html", context)


def _visible(request: UserRequest, key: UUID) -> ImportBatch:
    batches = ImportBatch.objects.visible_to(request.user).select_related("season", "uploaded_by")
    return get_object_or_404(batches, public_id=key)


@require_POST
@needs(IMPORT)
def apply_import(request: UserRequest, key: UUID) -> HttpResponse:
    """Import all rows of a previewed list; if something has changed meanwhile, show the list anew instead."""
    batch = _visible(request, key)
    try:
        services.apply_import(batch.pk, by=request.user)
    except services.ListOutdated:
        services.compare_again(batch.pk, by=request.user)
        text = _("Something has changed since the preview, so nothing was imported. This is how the list looks now.")
        messages.warning(request, text)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(file)s is imported.") % {"file": batch.file_name})
    return redirect("participants:import", key=key)


@require_POST
@needs(IMPORT)
def take_back_import(request: UserRequest, key: UUID) -> HttpResponse:
    """Make everything as it was before an import."""
    batch = _visible(request, key)
    try:
        services.take_back_import(batch.pk, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The import of %(file)s is taken back.") % {"file": batch.file_name})
    return redirect("participants:import", key=key)
