"""The three ways to place a course, side by side."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext

from courses.scheduling.grid import measure_of
from courses.scheduling.plan import Plan
from courses.scheduling.planner import Alternatives

#: In the order in which they are shown; the first is looked at unless another is asked for.
KEYS = ("earliest_finish", "steadiest_hour", "one_device")


@dataclass(frozen=True, slots=True)
class WayCard:
    """One of the ways: what it is good for, its measure, and the address that shows its hours."""

    key: str
    title: str
    lead: str
    measure: list[str]
    is_complete: bool
    missing: str
    is_chosen: bool
    url: str


def chosen_key(asked: QueryDict) -> str:
    key = asked.get("way", "")
    return key if key in KEYS else KEYS[0]


def ways_of(found: Alternatives, asked: QueryDict, window_minutes: int) -> list[WayCard]:
    """``asked`` is what the page was asked with; choosing another way keeps all else."""
    words = {
        "earliest_finish": (gettext("Earliest finish"), gettext("Every treatment day is used")),
        "steadiest_hour": (
            gettext("Steadiest hour"),
            gettext("The same hour each time, even where a day is lost for it"),
        ),
        "one_device": (gettext("One device"), gettext("The same device from first to last")),
    }
    cards = []
    for key in KEYS:
        plan: Plan = getattr(found, key)
        address = asked.copy()
        for name in ("slot", "patient", "csrfmiddlewaretoken"):
            address.pop(name, None)
        address["way"] = key
        title, lead = words[key]
        cards.append(
            WayCard(
                key,
                title,
                lead,
                measure_of(plan, window_minutes) if plan.slots else [],
                plan.complete,
                plan.problems[0].sentence if plan.problems else "",
                key == chosen_key(asked),
                f"?{address.urlencode()}#proposal-title",
            )
        )
    return cards
