"""The coverage decision in force of a person, also where it stands in a record that was merged into theirs."""

from collections.abc import Iterable

from django.db.models import Q

from patients.models import EligibilityAssessment, Patient


def decisions_in_force(patients: Iterable[Patient]) -> dict[int, EligibilityAssessment]:
    """By the patient's key, for all of ``patients`` in one query; who has none is not in it.

    Each record's decisions are one chain. Where two records with decisions were merged, the newer of the two ends
    is in force.
    """
    keys = [patient.pk for patient in patients]
    # The records first, by two indexes: a condition across the join would read every decision of every clinic.
    own = Patient.objects.filter(Q(pk__in=keys) | Q(merged_into__in=keys))
    ends = (
        EligibilityAssessment.objects.in_force()
        .filter(patient__in=own.values("pk"))
        .select_related("patient", "signature")
        .defer("facts", "decision")
        .order_by("made_at", "pk")
    )
    return {end.patient.merged_into_id or end.patient_id: end for end in ends}


def decision_in_force(patient: Patient) -> EligibilityAssessment | None:
    """The one decision in force of this person, with its workup and signature."""
    return (
        EligibilityAssessment.objects.in_force()
        .filter(patient.of_person())
        .select_related("workup", "signature")
        .order_by("-made_at", "-pk")
        .first()
    )
