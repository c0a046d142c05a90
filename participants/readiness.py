"""What participants know of a season's preparation, and what of theirs waits for the administrator."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.accounts.models import User
from ksp.lib.attention import Item
from ksp.lib.formatting import short_date
from participants.models import ImportBatch, ImportState, Season
from participants.preparation import Point
from participants.workflow import SeasonState


def of_participants(season: Season) -> Iterator[Point]:
    """Tell whether the participants of a season, their channels and their employees are ready."""
    enrolled = season.enrolments.annotate(methods=Count("channels"))
    counts = enrolled.aggregate(
        all=Count("pk"),
        without=Count("pk", filter=Q(methods=0)),
        single=Count("pk", filter=Q(methods=1)),
        informed=Count("pk", filter=Q(employees_informed_on__isnull=False)),
    )
    participants_url = f"{reverse('participants:list')}?season={season.code}"
    yield Point(
        title=_("Participants are enrolled"),
        is_met=counts["all"] > 0,
        text=_("%(count)s so far. They come from the year’s list.") % {"count": counts["all"]},
        url=reverse("participants:import_participants"),
        action=_("Import a list"),
    )
    yield Point(
        title=_("Every participant can be contacted"),
        is_met=counts["all"] > 0 and not counts["without"],
        text=_("%(without)s have no contact channel, %(single)s only one; two are wished for.") % counts,
        url=participants_url,
        action=_("See the participants"),
    )
    yield Point(
        title=_("Employees are informed"),
        is_met=counts["all"] > 0 and counts["informed"] == counts["all"],
        is_needed=season.settings.employees_informed == "block",
        text=_("%(informed)s of %(all)s participants have a date for it.") % counts,
        url=f"{participants_url}&informed=no",
        action=_("See who lacks it"),
    )
    yield _classes(season)


def _classes(season: Season) -> Point:
    least = season.settings.least_class_size
    sizes = list(season.classes.annotate(size=Count("enrolments")).values_list("size", flat=True))
    small = sum(size < least for size in sizes)
    text = _("%(small)s classes have fewer than %(least)s participants, too few for an award.")
    return Point(
        title=_("Classes are large enough"),
        is_met=bool(sizes) and not small,
        text=text % {"small": small, "least": least} if sizes else _("There are no classes yet."),
    )


def attention(user: User) -> Iterator[Item]:
    """Tell of imports that wait for a decision, and how the latest seasons stand."""
    waiting = ImportBatch.objects.visible_to(user).filter(state=ImportState.PREVIEWED).count()
    if waiting:
        yield Item(
            title=ngettext("%(count)s import waits for you", "%(count)s imports wait for you", waiting)
            % {"count": waiting},
            text=_("The list is read and checked, but nothing is written yet."),
            url=reverse("participants:imports"),
            action=_("See the imports"),
            tone="warning",
        )
    today = localdate()
    for season in Season.objects.visible_to(user).current_first()[:5]:
        yield _standing(season, today=today)


def _standing(season: Season, *, today: date) -> Item:
    """Say how a season stands; one that should have been closed is urgent."""
    is_late = season.state in {SeasonState.OPEN, SeasonState.PAUSED} and season.ends_on < today
    dates = {"first": short_date(season.starts_on), "last": short_date(season.ends_on)}
    text = _("From %(first)s to %(last)s.") % dates
    if is_late:
        text = _("The last day was %(last)s. Close the season when the last reports are in.") % dates
    elif season.state == SeasonState.PAUSED:
        text = season.pause_reason
    return Item(
        title=season.name,
        text=text,
        url=reverse("participants:season", args=[season.code]),
        action=_("See the season"),
        tone="warning" if is_late else "info",
        state=season.state,
        state_label=season.get_state_display(),
    )
