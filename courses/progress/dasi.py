"""Duke Activity Status Index: from twelve answers to peak oxygen uptake and METs.

PURE. Weights and formula: Hlatky and others, Am J Cardiol 1989;64:651 (as restated by medical calculators);
the wording of the questions is the clinic's configuration and stands nowhere here.
"""

from collections.abc import Mapping
from decimal import Decimal

#: One weight for each activity, in the order of the questionnaire; all twelve make 58.20.
WEIGHTS: dict[str, Decimal] = {
    "self_care": Decimal("2.75"),
    "walk_indoors": Decimal("1.75"),
    "walk_one_or_two_blocks": Decimal("2.75"),
    "climb_stairs_or_hill": Decimal("5.50"),
    "run_short_distance": Decimal("8.00"),
    "light_housework": Decimal("2.70"),
    "moderate_housework": Decimal("3.50"),
    "heavy_housework": Decimal("8.00"),
    "yard_work": Decimal("4.50"),
    "sexual_relations": Decimal("5.25"),
    "moderate_recreation": Decimal("6.00"),
    "strenuous_sport": Decimal("7.50"),
}

HIGHEST = sum(WEIGHTS.values(), Decimal())


def dasi_score(answers: Mapping[str, bool | None]) -> Decimal | None:
    """Sum of the weights of the activities that can be done; None while an answer is missing.

    Raises
    ------
    ValueError
        An answer to a question that the index does not have.
    """
    unknown = sorted(answers.keys() - WEIGHTS.keys())
    if unknown:
        raise ValueError(f"The index has no question {', '.join(unknown)}. Use its twelve codes.")
    if any(answers.get(code) is None for code in WEIGHTS):
        return None
    return sum((weight for code, weight in WEIGHTS.items() if answers[code]), Decimal())


def vo2_peak_ml_kg_min(score: Decimal) -> Decimal:
    """Estimated peak oxygen uptake in ml/kg/min: 0.43 x score + 9.6."""
    if not 0 <= score <= HIGHEST:
        raise ValueError(f"A DASI score lies between 0 and {HIGHEST}, not at {score}. Check the entry.")
    return Decimal("0.43") * score + Decimal("9.6")


def mets(score: Decimal) -> Decimal:
    """Estimated peak in METs (multiples of 3.5 ml/kg/min)."""
    return vo2_peak_ml_kg_min(score) / Decimal("3.5")
