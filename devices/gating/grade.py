"""The grade: start at A, every rule may lower it and none may raise it; the rules that fired are the explanation.

All limits here are engineering choices [E] except where noted; section 8.10 of the specification, and
``docs/gating.md``. Augmentation can cap to C at most, because disease and stiffness move it without any fault of
gating; an early inflation raises it, so early beats count as none (``ds_peak_credited``).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from devices.gating.config import GatingConfig
from devices.gating.report import Finding, Grade
from devices.gating.stretches import Stretches, known

FEWEST_BEATS, FEWEST_BEATS_IN_MINUTE = 30, 15  # inflated beats below which nothing is graded
SOURCE = "Limits of gating engine 1 (docs/gating.md, Grade)"


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeFacts:
    """What the rules look at, for a session or for one minute; None is not known."""

    sensitivity: float | None
    ppv: float | None
    inflation_ok_share: float | None  # good and fair together
    early_share: float | None
    late_share: float | None  # deflations
    late_estimated: bool  # without cuff pressure, from an assumed time to empty
    ds_peak: float | None  # with no credit for early inflation
    attained_share: float | None
    ecg_readable: float
    pleth_readable: float
    events_missing_share: float
    inflated_beats: int
    fewest_beats: int
    whole_session: bool
    effective_share: float | None  # effective of prescribed minutes; in one minute 1 or 0


@dataclass(frozen=True, slots=True)
class Steps:
    """A rule with steps: beyond each limit the grade is capped further. ``high_is_bad`` turns the comparison."""

    code: str
    fact: Callable[[GradeFacts], float | None]
    limits: tuple[tuple[float, Grade], ...]  # mildest first
    sentence: str  # {value} and {limit} are filled in
    unknown: str  # said where the fact is not known
    high_is_bad: bool = False
    percent: bool = True

    def apply(self, facts: GradeFacts) -> Finding | None:
        value = self.fact(facts)
        if value is None:
            # What could not be seen must not pass for good; what is known bad is worse than unknown.
            return Finding(f"{self.code}_unknown", self.unknown, Grade.C, {}, SOURCE)
        passed = [cap for limit, cap in self.limits if (value > limit if self.high_is_bad else value < limit)]
        if not passed:
            return None
        limit = self.limits[0][0]
        shown = [f"{100 * x:.1f} %" if self.percent else f"{x:.2f}" for x in (value, limit)]
        sentence = self.sentence.format(value=shown[0], limit=shown[1])
        return Finding(self.code, sentence, passed[-1], {"value": value, "limit": limit}, SOURCE)


_PRESSURE_UNKNOWN = "Cuff pressure was not recorded, so neither attained pressure nor dose is known."
_NOT_PRESCRIBED = (
    "No pressure is prescribed for this recording, so neither attained pressure nor dose is judged."
)


@lru_cache(maxsize=8)
def _rules(config: GatingConfig) -> tuple[Steps, ...]:
    b, c, d = Grade.B, Grade.C, Grade.D
    return (
        Steps(
            "triggers_missed",
            lambda f: f.sensitivity,
            ((0.97, b), (0.95, c), (0.90, d)),
            "The device recognised {value} of the heart beats; at least {limit} is expected. Check electrode contact and the lead.",
            "How many heart beats the device recognised is not known.",
        ),
        Steps(
            "triggers_extra",
            lambda f: f.ppv,
            ((0.97, b), (0.95, c), (0.90, d)),
            "Only {value} of the device's triggers met a heart beat; at least {limit} is expected. Check for artefact and pacing spikes.",
            "How many of the device's triggers met a heart beat is not known.",
        ),
        Steps(
            "inflation_early",
            lambda f: 0.0 if f.early_share is None else f.early_share,
            ((0.10, c), (0.25, d)),
            "Inflation came while the heart was still ejecting in {value} of beats; no more than {limit} is accepted. Move inflation later.",
            "",
            high_is_bad=True,
        ),
        Steps(
            "inflation_off_time",
            lambda f: f.inflation_ok_share,
            ((0.90, b), (0.75, c), (0.50, d)),
            "Inflation met the closing of the aortic valve in {value} of beats; at least {limit} is expected. Adjust inflation timing.",
            "Inflation timing could not be seen in the finger pulse.",
        ),
        Steps(
            "deflation_late",
            lambda f: f.late_share,
            ((config.minute_late_share, b), (0.10, c), (0.20, d)),
            "The cuffs were still loaded when the heart ejected in {value} of beats; no more than {limit} is accepted. Move deflation earlier.",
            "Whether the cuffs were empty before ejection is not known.",
            high_is_bad=True,
        ),
        Steps(
            "augmentation_low",
            lambda f: f.ds_peak,
            ((config.ds_low, b), (config.ds_poor, c)),
            "The diastolic wave reached {value} of the systolic one (early inflations count as none); {limit} is sought. Look at pressure, cuff fit and timing.",
            "The height of the diastolic wave is not known.",
            percent=False,
        ),
        Steps(
            "pressure_low",
            lambda f: f.attained_share,
            ((config.attained_good_share, b), (config.attained_fair_share, c), (0.70, d)),
            "Cuff pressure reached {value} of what was prescribed; at least {limit} is expected.",
            _PRESSURE_UNKNOWN if config.prescribed_pressure_mmhg is not None else _NOT_PRESCRIBED,
        ),
    )


def _dose(config: GatingConfig) -> Steps:
    return Steps(
        "dose_low",
        lambda f: f.effective_share,
        ((0.90, Grade.B), (0.75, Grade.C), (0.50, Grade.D)),
        "Effective minutes were {value} of the prescribed ones; at least {limit} is expected.",
        "How many minutes were effective is not known."
        if config.prescribed_minutes is not None
        else "No duration is prescribed for this recording, so the dose is not judged.",
    )


def grade_of(facts: GradeFacts, config: GatingConfig) -> tuple[Grade, tuple[Finding, ...]]:
    """Apply every rule; the worst cap is the grade."""
    findings = _not_assessable(facts)
    if not findings:
        rules = (*_rules(config), _dose(config)) if facts.whole_session else _rules(config)
        findings = [finding for rule in rules if (finding := rule.apply(facts)) is not None]
        findings = [_softened(finding) if facts.late_estimated else finding for finding in findings]
        if not facts.whole_session and facts.effective_share == 0:
            sentence = "Fewer beats were treated in this minute than it takes to count as effective."
            findings.append(Finding("minute_not_effective", sentence, Grade.C, {}, SOURCE))
    caps = [finding.cap for finding in findings if finding.cap is not None]
    return max(caps, key=lambda cap: cap.rank, default=Grade.A), tuple(findings)


def _softened(finding: Finding) -> Finding:
    """A late deflation that was reckoned with an assumed time to empty caps to C at most: nobody saw the cuffs."""
    if finding.code != "deflation_late" or finding.cap is not Grade.D:
        return finding
    sentence = finding.sentence + " Cuff pressure was not recorded: the time to empty is assumed."
    return replace(finding, cap=Grade.C, sentence=sentence)


def _not_assessable(facts: GradeFacts) -> list[Finding]:
    """What makes any grade impossible, most basic first."""
    checks = (
        (
            "ecg_unreadable",
            facts.ecg_readable < 0.5,
            "Less than half of the ECG could be read. Check electrodes and cable.",
            {"readable_share": facts.ecg_readable},
        ),
        (
            "pleth_unreadable",
            facts.pleth_readable < 0.3,
            "Less than a third of the finger pulse could be read. Check the probe.",
            {"readable_share": facts.pleth_readable},
        ),
        (
            "events_missing",
            facts.events_missing_share > 0.2,
            "Valve events or the whole signal are missing for more than a fifth of the time.",
            {"missing_share": facts.events_missing_share},
        ),
        (
            "too_few_beats",
            facts.inflated_beats < facts.fewest_beats,
            f"Only {facts.inflated_beats} readable beats were inflated; {facts.fewest_beats} are needed for a grade.",
            {"inflated_beats": float(facts.inflated_beats)},
        ),
    )
    return [
        Finding(code, sentence, Grade.NOT_ASSESSABLE, dict(data), SOURCE)
        for code, fired, sentence, data in checks
        if fired
    ]


def minute_facts(
    of: Stretches,
    row: int,
    ppv: float | None,
    readable: float,
    pulse: float,
    missing: float,
    effective: bool | None,
    late_estimated: bool,
    config: GatingConfig,
) -> GradeFacts:
    """The facts of one minute from its row of ``of``. ``missing``: the share of it without events or signal."""
    plateau, prescribed = known(of.plateau_mmhg[row]), config.prescribed_pressure_mmhg
    return GradeFacts(
        sensitivity=known(of.sensitivity[row]),
        ppv=ppv,
        inflation_ok_share=known(of.inflation_ok[row]),
        early_share=known(of.early[row]),
        late_share=known(of.late[row]),
        late_estimated=late_estimated,
        ds_peak=known(of.ds_credited[row]),
        attained_share=None if plateau is None or prescribed is None else plateau / prescribed,
        ecg_readable=readable,
        pleth_readable=pulse,
        events_missing_share=missing,
        inflated_beats=int(of.inflated[row]),
        fewest_beats=FEWEST_BEATS_IN_MINUTE,
        whole_session=False,
        effective_share=None if effective is None else float(effective),
    )
