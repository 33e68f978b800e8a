"""One clinic with one of everything, for the permission table."""

from dataclasses import dataclass, field
from typing import Any

from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role
from tests import factories

CREDENTIALS = {Role.NURSE: "RN", Role.PHYSICIAN: "MD", Role.BILLING: "CPC"}


@dataclass
class World:
    """The clinic, one user a role, an outsider, and whatever the areas put in by name."""

    clinic: Clinic
    users: dict[str, User]
    outsider: User
    things: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.things[name]


def build() -> World:
    clinic = factories.make_clinic()
    users = {
        str(role): factories.make_user(
            clinic, role, f"p-{role}", "Pat", f"{role}-Example", CREDENTIALS.get(role, "")
        )
        for role in Role
    }
    other = factories.make_clinic(name="Elsewhere Example Clinic")
    outsider = factories.make_user(other, Role.NURSE, "p-outsider", "Olga", "Outsider-Example", "RN")
    for role in Role:
        if role != Role.NURSE:
            factories.add_role(outsider, other, role)
    world = World(clinic=clinic, users=users, outsider=outsider)
    physician = users["physician"]
    patient = factories.make_patient(clinic)
    course = factories.make_course(patient, physician)
    device = factories.make_device(clinic)
    appointment = factories.make_appointment(course, device)
    world.things = {
        "patient": patient,
        "coverage": patient.coverages.get(),
        "assessment": course.order.assessment,
        "order": course.order,
        "course": course,
        "device": device,
        "appointment": appointment,
        "session": factories.make_session(appointment, users["nurse"]),
    }
    return world
