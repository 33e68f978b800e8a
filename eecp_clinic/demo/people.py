"""Who stands in the demo. Everybody is invented, and their names say so: nobody is called Sample or Placebo."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from eecp_clinic.roles import Role


@dataclass(frozen=True)
class Member:
    """One member of staff; all demo accounts share one password, which the demo prints."""

    username: str
    given_name: str
    family_name: str
    credentials: str
    roles: tuple[Role, ...]
    npi: str = ""
    specialty: str = ""


PASSWORD = "demo-clinic-2026"  # noqa: S105  invented people, on this machine only

STAFF = [
    Member("nurse", "Rita", "Sample", "RN", (Role.NURSE,)),
    Member("nurse2", "Tom", "Specimen", "RN", (Role.NURSE,)),
    Member("physician", "Paul", "Placebo", "MD", (Role.PHYSICIAN,), "1234567893", "Cardiology"),
    Member("billing", "Bea", "Ledger", "CPC", (Role.BILLING,)),
    Member("desk", "Fay", "Frontdesk", "", (Role.FRONT_DESK,)),
    Member("admin", "Ada", "Configura", "", (Role.ADMINISTRATOR,)),
]


class Stage(StrEnum):
    """How far a patient of the demo has come."""

    REFERRED = "referred"
    BLOCKED = "blocked"
    TO_SIGN = "to sign"
    PLANNED = "planned"
    ACTIVE = "active"
    COMPLETED = "completed"
    DISCONTINUED = "discontinued"


@dataclass(frozen=True)
class Person:
    """One patient of the demo."""

    family_name: str
    given_name: str
    sex: str
    birth_date: date
    stage: Stage
    alerts: str = ""
    allergies: str = ""
    #: sessions that lie behind (active and discontinued), and how well the gating goes
    sessions: int = 0
    quality: str = "good"
    misses: int = 0
    #: why a blocked patient is blocked
    why: str = ""
    payer: str = "Original Medicare"
    #: the row of the board, and the device's place
    row: int = 1
    device: int = 0


def _person(family: str, given: str, sex: str, born: str, stage: Stage, **more: object) -> Person:
    return Person(family, given, sex, date.fromisoformat(born), stage, **more)  # type: ignore[arg-type]


PATIENTS = [
    # In treatment, a few every hour of the day, on three devices
    _person(
        "Testerman", "Ilse", "F", "1951-03-04", Stage.ACTIVE, sessions=17, row=0, device=2, alerts="Warfarin"
    ),
    _person(
        "Mockingbird",
        "Luis",
        "M",
        "1948-07-19",
        Stage.ACTIVE,
        sessions=8,
        row=0,
        device=1,
        quality="early",
        misses=1,
    ),
    _person("Fictional", "Amara", "F", "1956-01-30", Stage.ACTIVE, sessions=12, row=1, device=0),
    _person("Notareal", "Per", "M", "1944-11-02", Stage.ACTIVE, sessions=3, row=1, device=1, quality="weak"),
    _person("Dummyson", "Chidi", "M", "1950-05-23", Stage.ACTIVE, sessions=6, row=1, device=2, misses=2),
    _person("Placeholder", "Yuki", "F", "1953-09-14", Stage.ACTIVE, sessions=10, row=2, device=0),
    _person(
        "Loremipsum",
        "Joan",
        "F",
        "1947-12-08",
        Stage.ACTIVE,
        sessions=14,
        row=2,
        device=1,
        allergies="Latex",
    ),
    _person(
        "Pseudonym", "Otis", "M", "1949-02-27", Stage.ACTIVE, sessions=5, row=2, device=2, quality="ectopy"
    ),
    _person("Exampleton", "Nisha", "F", "1958-06-11", Stage.ACTIVE, sessions=7, row=3, device=0),
    _person("Madeup", "Luc", "M", "1946-08-05", Stage.ACTIVE, sessions=4, row=3, device=2, misses=1),
    _person("Invented", "Siri", "F", "1952-04-17", Stage.ACTIVE, sessions=9, row=4, device=0),
    _person("Nobody", "Adam", "M", "1945-10-21", Stage.ACTIVE, sessions=2, row=4, device=1),
    _person(
        "Imaginary", "Grace", "F", "1954-02-03", Stage.ACTIVE, sessions=11, row=5, device=0, quality="weak"
    ),
    _person("Makebelieve", "Hugo", "M", "1943-06-29", Stage.ACTIVE, sessions=1, row=5, device=2),
    # Ordered and booked, not begun
    _person("Fabricated", "Rosa", "F", "1955-11-16", Stage.PLANNED, row=3, device=1),
    _person("Hypothetical", "Ivan", "M", "1951-01-09", Stage.PLANNED, row=5, device=1),
    _person("Simulacra", "Mei", "F", "1957-07-07", Stage.PLANNED, row=4, device=2),
    # Waiting for the physician's signature
    _person("Undecided", "Vera", "F", "1949-05-05", Stage.TO_SIGN),
    _person("Pending", "Carl", "M", "1953-03-28", Stage.TO_SIGN),
    # Blocked, each for another reason
    _person("Stopgap", "Nora", "F", "1950-08-12", Stage.BLOCKED, why="ccs_2"),
    _person("Dashline", "Emil", "M", "1948-04-04", Stage.BLOCKED, why="unstable"),
    _person("Blankfield", "Olga", "F", "1952-12-19", Stage.BLOCKED, why="family_physician"),
    _person("Halfpage", "Igor", "M", "1946-09-09", Stage.BLOCKED, why="preference"),
    _person("Cornerstone", "Lena", "F", "1959-10-01", Stage.BLOCKED, why="calcium_only"),
    _person("Footnote", "Marc", "M", "1955-02-14", Stage.BLOCKED, why="class_missing"),
    # Referred, little known yet
    _person("Newcomer", "Alva", "F", "1951-06-06", Stage.REFERRED),
    _person("Inkwell", "Boris", "M", "1947-01-25", Stage.REFERRED),
    _person("Paperclip", "Dora", "F", "1956-03-13", Stage.REFERRED, payer="Example Advantage Plan"),
    _person("Margin", "Felix", "M", "1944-07-31", Stage.REFERRED),
    _person("Bracket", "Hanna", "F", "1953-11-11", Stage.REFERRED, payer="Sample Commercial"),
    _person("Comma", "Jonas", "M", "1950-10-10", Stage.REFERRED),
    # Completed, with outcomes
    _person("Endwell", "Carla", "F", "1948-05-17", Stage.COMPLETED, sessions=35, row=6, device=2),
    _person("Fulfilled", "Dario", "M", "1945-03-03", Stage.COMPLETED, sessions=35),
    _person("Wholecourse", "Edda", "F", "1954-08-24", Stage.COMPLETED, sessions=35),
    _person("Finisher", "Gus", "M", "1949-12-12", Stage.COMPLETED, sessions=35),
    _person("Homeward", "Ines", "F", "1951-09-30", Stage.COMPLETED, sessions=35),
    # Discontinued
    _person("Halfway", "Kurt", "M", "1943-04-22", Stage.DISCONTINUED, sessions=9, row=4, device=2),
    _person("Earlystop", "Lola", "F", "1952-01-18", Stage.DISCONTINUED, sessions=4, row=5, device=2),
]
