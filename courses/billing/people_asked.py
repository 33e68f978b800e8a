"""People of the record as a claim names them: the patient, whose plan it is, who rendered."""

from courses.billing.x12 import parties
from eecp_clinic.models import User
from patients.models import Coverage, Patient


def _sex(of: str) -> parties.Sex:
    """A claim knows female and male; whatever else is written or not known goes as unknown."""
    return parties.Sex(of) if of in {Patient.Sex.FEMALE, Patient.Sex.MALE} else parties.Sex.UNKNOWN


def patient_asked(patient: Patient) -> parties.Person:
    return parties.Person(
        family_name=patient.family_name,
        given_name=patient.given_name,
        born=patient.birth_date,
        sex=_sex(patient.sex),
        address=parties.Address(
            street=patient.address, city=patient.city, state=patient.state, postal_code=patient.postal_code
        ),
    )


def subscriber_asked(coverage: Coverage, patient: Patient) -> parties.Person:
    """Whose plan it is; of somebody else an address that is not known is None."""
    if coverage.is_own:
        return patient_asked(patient)
    address = parties.Address(
        street=coverage.subscriber_address,
        city=coverage.subscriber_city,
        state=coverage.subscriber_state,
        postal_code=coverage.subscriber_postal_code,
    )
    return parties.Person(
        family_name=coverage.subscriber_family_name,
        given_name=coverage.subscriber_given_name,
        born=coverage.subscriber_birth_date,
        sex=_sex(coverage.subscriber_sex),
        address=address if address.street else None,
    )


def dependent_asked(coverage: Coverage, patient: Patient) -> parties.Dependent | None:
    """The patient, where that is not the subscriber."""
    if coverage.is_own:
        return None
    return parties.Dependent(person=patient_asked(patient), relationship=coverage.relationship)


def practitioner_asked(user: User | None) -> parties.Practitioner | None:
    if user is None:
        return None
    billing = getattr(user, "billing", None)
    return parties.Practitioner(
        family_name=user.last_name,
        given_name=user.first_name,
        npi=user.npi,
        taxonomy=billing.taxonomy if billing else "",
    )
