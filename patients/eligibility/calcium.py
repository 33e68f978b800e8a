"""Coronary artery calcium: the category of a score and one plain sentence about it.

The cut-offs come from a file (``calcium.toml``), because sources differ. A score is a count of calcified
plaque; it says nothing about symptoms, and no coverage policy that we know accepts it in place of angina.
"""

from dataclasses import dataclass
from datetime import date

from patients.eligibility.wording import day_text


@dataclass(frozen=True, slots=True)
class CalciumCategory:
    """Scores from ``from_agatston`` up to the next category, in Agatston units."""

    from_agatston: int
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class CalciumScale:
    """Categories from 0 upwards, and the ages for which percentile tools of the MESA cohort hold.

    Raises ValueError where the categories do not start at 0 or do not rise.
    """

    categories: tuple[CalciumCategory, ...]
    percentile_age_low_years: int
    percentile_age_high_years: int

    def __post_init__(self) -> None:
        starts = [category.from_agatston for category in self.categories]
        if not starts or starts[0] != 0 or starts != sorted(set(starts)):
            raise ValueError("categories must start at 0 and rise")
        if self.percentile_age_low_years > self.percentile_age_high_years:
            raise ValueError("the lower age for percentiles is above the higher")

    def category(self, agatston: int) -> CalciumCategory:
        """The category of a score of 0 or more. Raises ValueError for a negative one."""
        if agatston < 0:
            raise ValueError(f"An Agatston score is 0 or more, not {agatston}.")
        return [c for c in self.categories if c.from_agatston <= agatston][-1]

    def describe(self, agatston: int, age_years: int | None, measured_on: date | None) -> str:
        """The score with unit, date and category, and whether an age percentile can be given."""
        when = f" on {day_text(measured_on)}" if measured_on else ""
        return f"Calcium score {agatston} Agatston units{when}: {self.category(agatston).words}.{self._age(age_years)}"

    def _age(self, age_years: int | None) -> str:
        low, high = self.percentile_age_low_years, self.percentile_age_high_years
        if age_years is None:
            return f" Age not known: percentiles by age hold for {low} to {high} years only."
        if low <= age_years <= high:
            return ""
        return f" No percentile at age {age_years}: the reference group was {low} to {high} years old."
