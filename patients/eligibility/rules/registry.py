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
from patients.eligibility.rules.opinion import (
    DatesInOrder,
    OpinionBySpecialist,
    OpinionReasonQualifies,
    OpinionRecent,
)
from patients.eligibility.rules.outcome import Rule
from patients.eligibility.rules.payment import (
    CoverageInForce,
    CoverageLasts,
    NoAbnForAdvantage,
    SelfPayAllowed,
)
from patients.eligibility.rules.record import (
    CalciumIsNotAngina,
    DeviceOfKind,
    DiseaseProven,
    LookedAt,
    OrderSigned,
    TextNotRead,
    TherapyMaximal,
)

#: The fields of each class are the keys that ``params`` may hold in a policy file.
RULES: dict[str, type[Rule]] = {
    "angina_class": AnginaClass,
    "angina_is_primary": AnginaIsPrimary,
    "angina_stability": AnginaStability,
    "calcium_is_not_angina": CalciumIsNotAngina,
    "class_dated": ClassDated,
    "coverage_in_force": CoverageInForce,
    "coverage_lasts": CoverageLasts,
    "dates_in_order": DatesInOrder,
    "device_of_kind": DeviceOfKind,
    "diagnosis_supports": DiagnosisSupports,
    "disease_proven": DiseaseProven,
    "earlier_course_helped": EarlierCourseHelped,
    "first_course_only": FirstCourseOnly,
    "looked_at": LookedAt,
    "no_abn_for_advantage": NoAbnForAdvantage,
    "opinion_by_specialist": OpinionBySpecialist,
    "opinion_reason_qualifies": OpinionReasonQualifies,
    "opinion_recent": OpinionRecent,
    "order_signed": OrderSigned,
    "repeat_interval": RepeatInterval,
    "repeat_looked_at": RepeatLookedAt,
    "self_pay_allowed": SelfPayAllowed,
    "session_within_limit": SessionWithinLimit,
    "stable_for": StableFor,
    "text_not_read": TextNotRead,
    "therapy_maximal": TherapyMaximal,
}
