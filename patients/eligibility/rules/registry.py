"""The names under which policy files call the rules."""

from patients.eligibility.rules.angina import (
    AnginaClass,
    AnginaIsPrimary,
    AnginaStability,
    ClassDated,
    StableFor,
)
from patients.eligibility.rules.course import (
    EarlierCourseHelped,
    FirstCourseOnly,
    RepeatInterval,
    RepeatLookedAt,
    SessionWithinLimit,
)
from patients.eligibility.rules.diagnosis import DiagnosisSupports
from patients.eligibility.rules.opinion import DatesInOrder, OpinionBySpecialist, OpinionReasonQualifies
from patients.eligibility.rules.outcome import Rule
from patients.eligibility.rules.payment import SelfPayAllowed
from patients.eligibility.rules.record import (
    CalciumIsNotAngina,
    DeviceOfKind,
    DiseaseProven,
    LookedAt,
    OrderSigned,
    TherapyMaximal,
)

#: The fields of each class are the keys that ``params`` may hold in a policy file.
RULES: dict[str, type[Rule]] = {
    "angina_class": AnginaClass,
    "angina_is_primary": AnginaIsPrimary,
    "angina_stability": AnginaStability,
    "calcium_is_not_angina": CalciumIsNotAngina,
    "class_dated": ClassDated,
    "dates_in_order": DatesInOrder,
    "device_of_kind": DeviceOfKind,
    "diagnosis_supports": DiagnosisSupports,
    "disease_proven": DiseaseProven,
    "earlier_course_helped": EarlierCourseHelped,
    "first_course_only": FirstCourseOnly,
    "looked_at": LookedAt,
    "opinion_by_specialist": OpinionBySpecialist,
    "opinion_reason_qualifies": OpinionReasonQualifies,
    "order_signed": OrderSigned,
    "repeat_interval": RepeatInterval,
    "repeat_looked_at": RepeatLookedAt,
    "self_pay_allowed": SelfPayAllowed,
    "session_within_limit": SessionWithinLimit,
    "stable_for": StableFor,
    "therapy_maximal": TherapyMaximal,
}
