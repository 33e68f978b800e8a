"""The coded values that facts may take."""

from enum import StrEnum


class PayerKind(StrEnum):
    ORIGINAL_MEDICARE = "original_medicare"
    MEDICARE_ADVANTAGE = "medicare_advantage"
    MEDICAID = "medicaid"
    COMMERCIAL = "commercial"
    SELF_PAY = "self_pay"


class Stability(StrEnum):
    STABLE = "stable"
    UNSTABLE = "unstable"


class Specialty(StrEnum):
    CARDIOLOGY = "cardiology"
    CARDIOTHORACIC_SURGERY = "cardiothoracic_surgery"
    INTERNAL_MEDICINE = "internal_medicine"
    FAMILY_MEDICINE = "family_medicine"
    OTHER = "other"


class OpinionReason(StrEnum):
    """Why the specialist holds the patient not readily amenable to PCI or bypass."""

    INOPERABLE_OR_HIGH_RISK = "inoperable_or_high_risk"
    ANATOMY_NOT_AMENABLE = "anatomy_not_amenable"
    COMORBID_EXCESSIVE_RISK = "comorbid_excessive_risk"
    PATIENT_PREFERENCE = "patient_preference"
    REFRACTORY_TO_MEDICATION = "refractory_to_medication"


class Therapy(StrEnum):
    BETA_BLOCKER = "beta_blocker"
    CALCIUM_CHANNEL_BLOCKER = "calcium_channel_blocker"
    LONG_ACTING_NITRATE = "long_acting_nitrate"
    RANOLAZINE = "ranolazine"
    ANTIPLATELET = "antiplatelet"
    STATIN = "statin"
    ACE_INHIBITOR_OR_ARB = "ace_inhibitor_or_arb"
    PCI = "pci"
    BYPASS_SURGERY = "bypass_surgery"
    OTHER = "other"


class DeviceKind(StrEnum):
    PNEUMATIC = "pneumatic"
    HYDRAULIC = "hydraulic"


class AbnOption(StrEnum):
    """The box the patient chose on a signed CMS-R-131."""

    TREAT_AND_CLAIM = "1"
    TREAT_WITHOUT_CLAIM = "2"
    NO_TREATMENT = "3"
