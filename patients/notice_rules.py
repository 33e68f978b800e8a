"""What an ABN and a plan's determination are held to. PURE: figures come from ``notices.toml``.

Sources: the form CMS-R-131 and the guides that restate its instructions; for Medicare Advantage 42 CFR 422.568 and
422.572 as restated. Which day the clock counts from is the plan's receipt; we count from the request.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files

from patients.toml_table import TomlTable

_SSN = re.compile(r"\d{3}-?\d{2}-?\d{4}")
_MBI = re.compile(
    r"[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]-?[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]-?[AC-HJKMNP-RT-Y]{2}[0-9]{2}"
)


class NoticeError(ValueError):
    """A notice that may not be given as it is; ``field`` names what is at fault, empty for the whole."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Clock:
    """How long a plan has, for requests from ``effective_from`` on."""

    effective_from: date
    standard_days: int
    expedited_hours: int
    source: str


@dataclass(frozen=True, slots=True)
class NoticeRules:
    form: str
    mandatory_from: date
    approved_to: date
    tolerance_usd: Decimal
    tolerance_percent: Decimal
    source: str
    estimate_source: str
    clocks: tuple[Clock, ...]

    def due(self, *, requested_at: datetime, requested_on: date, expedited: bool) -> datetime:
        """When the plan's answer is due. Raises NoticeError for a day before any clock that is known."""
        for clock in self.clocks:
            if clock.effective_from <= requested_on:
                hours = clock.expedited_hours if expedited else clock.standard_days * 24
                return requested_at + timedelta(hours=hours)
        raise NoticeError("requested_at", "No time limit is known for so early a request. Correct the date.")

    def tolerance(self, actual_usd: Decimal) -> Decimal:
        """By how much an estimate may miss what was charged in the end (USD): the greater of the two limits."""
        return max(self.tolerance_usd, actual_usd * self.tolerance_percent / 100)

    def is_good_estimate(self, *, estimate_usd: Decimal, actual_usd: Decimal) -> bool:
        return abs(estimate_usd - actual_usd) <= self.tolerance(actual_usd)

    def highest_charge(self, estimate_usd: Decimal) -> Decimal:
        """The most that can be charged with the estimate still in good faith (USD).

        The tolerance counts from the actual charge: 25 % of it, so a charge of a third above the estimate.
        """
        by_percent = estimate_usd / (1 - self.tolerance_percent / 100)
        return max(estimate_usd + self.tolerance_usd, by_percent).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class AbnDraft:
    """The blanks of an ABN that the clinic fills in, and the days it is to hold for."""

    payer_kind: str
    internal_id: str
    service: str
    reason: str
    estimate_usd: Decimal
    first_day: date
    last_day: date
    given_on: date


def check_abn(draft: AbnDraft, rules: NoticeRules) -> None:
    """Refuse an ABN that would not be valid. Raises NoticeError, naming the field and the way out."""
    if draft.payer_kind == "medicare_advantage":
        raise NoticeError(
            "",
            "A member of Medicare Advantage is never given an ABN. Ask the plan for a determination instead.",
        )
    if draft.payer_kind not in ("original_medicare", "self_pay"):
        raise NoticeError("", "An ABN is a form of Original Medicare. Choose that coverage, or give no ABN.")
    if not draft.service.strip():
        raise NoticeError("service", "Say in plain words what is to be done: blank D stands in seven places.")
    if not draft.reason.strip():
        raise NoticeError(
            "reason", "Say in plain words why Medicare may not pay. A notice without a reason is void."
        )
    if draft.estimate_usd <= 0:
        raise NoticeError("estimate_usd", "Give an estimate above $0 for all that the notice names.")
    if _SSN.fullmatch(draft.internal_id) or _MBI.fullmatch(draft.internal_id.upper()):
        raise NoticeError(
            "", "Blank C may not hold the Medicare or Social Security number. Give the patient an MRN."
        )
    if draft.last_day < draft.first_day:
        raise NoticeError("last_day", "The last day is before the first. Correct one of the two.")
    if draft.first_day < draft.given_on:
        raise NoticeError(
            "first_day", "An ABN is given before the first session that it names. Choose a day to come."
        )
    if draft.given_on > rules.approved_to:
        raise NoticeError(
            "", f"The edition of {rules.form} that is known here has expired. Use the newer one."
        )


def read_notice_rules(text: str, file: str) -> NoticeRules:
    """The rules from the text of their file. Raises TomlError."""
    root = TomlTable.parse(text, file)
    abn = root.table("abn")
    clocks = []
    for table in root.tables("determination"):
        clocks.append(
            Clock(
                table.take("effective_from", date),
                table.take("standard_days", int),
                table.take("expedited_hours", int),
                table.take("source", str),
            )
        )
        table.finish()
    rules = NoticeRules(
        form=abn.take("form", str),
        mandatory_from=abn.take("mandatory_from", date),
        approved_to=abn.take("approved_to", date),
        tolerance_usd=Decimal(abn.take("tolerance_usd", int)),
        tolerance_percent=Decimal(abn.take("tolerance_percent", int)),
        source=abn.take("source", str),
        estimate_source=abn.take("estimate_source", str),
        clocks=tuple(sorted(clocks, key=lambda clock: clock.effective_from, reverse=True)),
    )
    abn.finish()
    root.finish()
    return rules


@cache
def load_notice_rules() -> NoticeRules:
    """The packaged rules. Raises TomlError where the file is broken."""
    return read_notice_rules(files("patients").joinpath("notices.toml").read_text("utf-8"), "notices.toml")
