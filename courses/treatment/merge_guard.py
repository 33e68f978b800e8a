"""Why a merge of two patients' records cannot be undone any more; hung into ``patients`` by ``courses.apps``."""

from django.utils.translation import gettext

from courses.models import Course, Session
from patients.models import PatientMerge


def treated_since(merge: PatientMerge) -> str | None:
    """A session signed since names the kept record: its course cannot go back to the other."""
    moved = [pk for rows in merge.moves if rows["model"] == Course._meta.label for pk in rows["ids"]]
    signed = Session.objects.filter(course__in=moved, signature__signed_at__gte=merge.made_at)
    if not signed.exists():
        return None
    return gettext(
        "A session of a course that came from the merged record was signed since, for the kept one. Signed work is "
        "never changed, so the merge cannot be undone."
    )
