"""A signed decision with what it changes, as one line of a chart."""

from django.utils.translation import gettext, ngettext

from courses.models import Review


def decision_in_words(review: Review) -> str:
    """'Continue, change pressure or timing: pressure target 240 mmHg'."""
    said = []
    if review.pressure_target_mmhg:
        said.append(gettext("pressure target %(target)d mmHg") % {"target": review.pressure_target_mmhg})
    if review.timing:
        said.append(review.timing)
    if review.extra_sessions:
        more = ngettext("%(n)d session more", "%(n)d sessions more", review.extra_sessions)
        said.append(more % {"n": review.extra_sessions})
    if review.end_reason:
        said.append(str(review.get_end_reason_display()))
    return (
        f"{review.get_decision_display()}: {', '.join(said)}" if said else str(review.get_decision_display())
    )
