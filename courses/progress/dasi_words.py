"""The twelve activities of the DASI in this clinic's own words; the codes and weights stand in ``dasi``."""

from django.utils.translation import gettext_lazy as _

from courses.progress.dasi import WEIGHTS

ACTIVITIES = {
    "self_care": _("Looks after him- or herself: eats, dresses, washes"),
    "walk_indoors": _("Walks about indoors"),
    "walk_one_or_two_blocks": _("Walks one or two blocks on the level"),
    "climb_stairs_or_hill": _("Climbs a flight of stairs, or a hill"),
    "run_short_distance": _("Runs a short way"),
    "light_housework": _("Light work in the house: dusting, dishes"),
    "moderate_housework": _("Moderate work in the house: vacuuming, sweeping, carrying shopping"),
    "heavy_housework": _("Heavy work in the house: scrubbing floors, moving furniture"),
    "yard_work": _("Work in the yard: raking, weeding, pushing a mower"),
    "sexual_relations": _("Has sexual relations"),
    "moderate_recreation": _("Moderate recreation: golf, bowling, dancing, doubles tennis"),
    "strenuous_sport": _("Strenuous sport: swimming, singles tennis, football, skiing"),
}
assert list(ACTIVITIES) == list(WEIGHTS)  # noqa: S101  # the order of the questionnaire
