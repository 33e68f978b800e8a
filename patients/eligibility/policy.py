"""A payer's policy as data: criteria with their sentences, sources and tests."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from patients.eligibility.codes import PayerKind
from patients.eligibility.rules.outcome import Rule
from patients.eligibility.wording import day_text


class Weight(StrEnum):
    REQUIRED = "required"
    RECOMMENDED = "recommended"  # shown, and never part of the verdict


class NotMetMeans(StrEnum):
    """What follows when a required criterion is not met."""

    NOT_COVERED = "not_covered"
    INCOMPLETE = "incomplete"  # the record can still be completed or corrected before session 1
    REVIEW = "review"  # the policy sets no bar here, but a denial is likely: a person decides


class Standing(StrEnum):
    """How well the source is known."""

    READ = "read"
    DERIVED = "derived"  # a conclusion of ours from what was read
    TO_BE_CONFIRMED = "to_be_confirmed"  # to be confirmed by the clinic


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a criterion comes from, and in which version it holds."""

    document: str
    section: str
    url: str
    version: str
    effective_from: date | None
    effective_until: date | None
    standing: Standing

    def to_dict(self) -> dict[str, str | None]:
        return {
            "document": self.document,
            "section": self.section,
            "url": self.url,
            "version": self.version,
            "effective_from": self.effective_from.isoformat() if self.effective_from else None,
            "effective_until": self.effective_until.isoformat() if self.effective_until else None,
            "standing": self.standing,
        }


@dataclass(frozen=True, slots=True)
class Criterion:
    """One numbered thing that the policy asks for, in our own words."""

    id: str
    sentence: str
    way_out: str
    citation: Citation
    weight: Weight
    not_met_means: NotMetMeans
    rule: Rule


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one policy.

    It holds for dates of service from ``effective_from`` to the day before ``effective_until``; None where the
    source does not say. A version without an end holds until the next one begins. ``snapshot`` says which copy was
    read, where the payer's own dates are not known.
    """

    id: str
    version: str
    title: str
    payer_kinds: frozenset[PayerKind]
    effective_from: date | None
    effective_until: date | None
    snapshot: str
    criteria: tuple[Criterion, ...]

    def holds_on(self, day: date) -> bool:
        started = self.effective_from is None or self.effective_from <= day
        return started and (self.effective_until is None or day < self.effective_until)


class NoSuchPolicy(ValueError):
    """No policy of that id, or no version of it for that day."""


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """All policies at hand.

    Raises ValueError where it cannot be told which version of a policy holds on a day: two begin on the same day or
    have the same name, or one has an end of its own that lies behind the beginning of the next.
    """

    policies: tuple[Policy, ...]

    def __post_init__(self) -> None:
        for index, one in enumerate(self.policies):
            for other in self.policies[index + 1 :]:
                if one.id == other.id:
                    _refuse_clash(one, other)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(sorted({policy.id for policy in self.policies}))

    def find(self, policy_id: str, on: date) -> Policy:
        """The version that holds on a date of service. Raises NoSuchPolicy, naming what there is."""
        versions = [policy for policy in self.policies if policy.id == policy_id]
        if not versions:
            raise NoSuchPolicy(f"There is no policy {policy_id}; choose one of {', '.join(self.ids)}.")
        holding = [policy for policy in versions if policy.holds_on(on)]
        if holding:
            return max(holding, key=_start)
        raise NoSuchPolicy(f"No version of {policy_id} that we hold is in force on {day_text(on)}.")


def _start(policy: Policy) -> date:
    return policy.effective_from or date.min


def _refuse_clash(one: Policy, other: Policy) -> None:
    versions = f"{one.id}: versions {one.version} and {other.version}"
    if one.version == other.version:
        raise ValueError(
            f"{one.id}: two files hold version {one.version}. Give the newer one another version."
        )
    if _start(one) == _start(other):
        raise ValueError(f"{versions} begin on the same day. Give the newer one a later effective_from.")
    earlier, later = sorted((one, other), key=_start)
    if earlier.effective_until is not None and earlier.effective_until > _start(later):
        raise ValueError(f"{versions} hold on the same day. Correct effective_until or effective_from.")
