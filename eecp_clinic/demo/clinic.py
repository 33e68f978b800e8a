"""The demo's clinic: its hours, people, payers and devices, made through the same models as any other."""

from dataclasses import dataclass
from datetime import date, time

from devices.models import Device
from eecp_clinic.demo.people import PASSWORD, STAFF, Member
from eecp_clinic.models import Clinic, Membership, OpeningHours, User
from eecp_clinic.roles import Role
from patients.models import Payer

NAME = "Sampleton Heart Clinic (demo)"

PAYERS = [
    ("Original Medicare", Payer.Kind.ORIGINAL_MEDICARE, ""),
    ("Example Advantage Plan", Payer.Kind.MEDICARE_ADVANTAGE, ""),
    ("Sample Commercial", Payer.Kind.COMMERCIAL, "aetna-cpb-0262"),
    ("Self-pay", Payer.Kind.SELF_PAY, ""),
]


@dataclass(frozen=True)
class DemoClinic:
    """The clinic with what a story needs at hand."""

    clinic: Clinic
    staff: dict[str, User]
    payers: dict[str, Payer]
    devices: list[Device]

    @property
    def nurse(self) -> User:
        return self.staff["nurse"]

    @property
    def physician(self) -> User:
        return self.staff["physician"]

    @property
    def biller(self) -> User:
        return self.staff["billing"]


def build(*, time_zone: str, today: date, devices: int = 3) -> DemoClinic:
    """Make clinic, opening hours (with the weekday of ``today``), staff, payers and devices."""
    clinic = Clinic.objects.create(
        name=NAME,
        address="1 Invented Street",
        city="Sampleton",
        state="IL",
        postal_code="60000",
        phone="555 0100",
        npi="1245319599",
        tax_id="00-0000000",
        time_zone=time_zone,
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic=clinic, weekday=day, opens=time(8), closes=time(17))
        for day in sorted({*range(5), today.weekday()})
    )
    return DemoClinic(
        clinic=clinic,
        staff={member.username: _user(clinic, member) for member in STAFF},
        payers={
            name: Payer.objects.create(clinic=clinic, name=name, kind=kind, policy_id=policy)
            for name, kind, policy in PAYERS
        },
        devices=[
            Device.objects.create(
                clinic=clinic,
                name=f"Device {number}",
                model="Example Counterpulsator",
                serial=f"DEMO-{number:03}",
            )
            for number in range(1, devices + 1)
        ],
    )


def find() -> DemoClinic | None:
    """The demo clinic as it stands, or None before it was made."""
    clinic = Clinic.objects.filter(name=NAME).first()
    if clinic is None:
        return None
    return DemoClinic(
        clinic=clinic,
        staff={user.username: user for user in User.objects.filter(memberships__clinic=clinic).distinct()},
        payers={payer.name: payer for payer in clinic.payers.all()},
        devices=list(clinic.devices.order_by("name")),
    )


def _user(clinic: Clinic, member: Member) -> User:
    user = User.objects.create_user(
        member.username,
        f"{member.username}@example.org",
        PASSWORD,
        first_name=member.given_name,
        last_name=member.family_name,
        credentials=member.credentials,
        npi=member.npi,
        specialty=member.specialty,
    )
    Membership.objects.bulk_create(Membership(user=user, clinic=clinic, role=role) for role in member.roles)
    return user


ROLE_LABELS = {member.username: ", ".join(str(Role(role).label) for role in member.roles) for member in STAFF}
