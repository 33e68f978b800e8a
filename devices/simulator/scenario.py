"""Scenarios: sessions described in TOML, with the class of answer that an engine must give.

``docs/simulator.md`` lists every key. What a file does not say has the default of its setting; what it says wrongly
is refused in a sentence that names the key and what is allowed.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from devices.simulator import heart
from devices.simulator.ecg import KnownEcg, Rhythm, longer, synthetic_ecg
from devices.simulator.limits import check, number
from devices.simulator.session import Simulation, simulate_setup
from devices.simulator.settings import Finger, Lead, Recorder, Settings, Setup
from devices.waveform import Channel

_Section = TypeVar("_Section", Rhythm, Settings, Lead, Finger, Recorder)

_PATIENT = ("displaced_ml", "stroke_volume_ml", "resistance", "compliance")
_DEVICE = tuple(each.name for each in fields(Settings) if each.name not in _PATIENT)
_SECTIONS = ("rhythm", "patient", "device", "ecg", "pleth", "recording", "expected")
_TOP = ("title", "minutes", "ecg_rate_hz")
_WORDS: dict[str, tuple[str, ...]] = {
    "inflation": ("early", "good", "fair", "late", "mixed", "not known"),
    "deflation": ("early", "good", "late", "not known"),
    "triggers": ("good", "fair", "poor", "not known"),
    "pressure": ("good", "fair", "low", "not known"),
    "rhythm": ("regular", "ectopy", "fibrillation", "fast"),
    "ratio": ("low", "normal", "high", "not known"),
    "grade_at_most": ("A", "B", "C", "D"),
    "grade_at_least": ("A", "B", "C", "D"),
    "input": ("converted or refused",),
    "event_timing": ("corrected or not given",),
}
_FLAGS = ("not_assessable",)
_SHARES = ("ecg_unreadable_share", "pleth_unreadable_share", "gap_share")


class InvalidScenario(ValueError):
    """A scenario that cannot be run; the message names the key and what is allowed."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One session to simulate.

    Attributes
    ----------
    title : one line for people. minutes : length. ecg_rate_hz : of a synthetic ECG.
    rhythm, setup : the heart, and everything else.
    expected : class of answer in words, by the keys listed in the documentation; figures are in the truth.
    """

    title: str = "A session"
    minutes: float = number(12, 0.25, 600)
    ecg_rate_hz: float = number(500, 128, 2000)
    rhythm: Rhythm = field(default_factory=Rhythm)
    setup: Setup = field(default_factory=Setup)
    expected: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check(self)
        parts = (self.setup.settings, self.setup.lead, self.setup.finger, self.setup.recorder)
        for part in parts:
            for each in fields(part):
                if each.metadata.get("kind") == "intervals":
                    self._check_end(each.name, getattr(part, each.name))

    def _check_end(self, name: str, stretches: tuple[tuple[float, float], ...]) -> None:
        if stretches and stretches[-1][1] > 60 * self.minutes:
            raise ValueError(
                f"{name} ends at {stretches[-1][1]:g} s, after the end of the session at {60 * self.minutes:g} s."
            )


def read_scenario(text: str) -> Scenario:
    """The scenario that a TOML text describes.

    Raises
    ------
    InvalidScenario
        Not TOML, an unknown key, or an impossible value.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidScenario(f"This is not a scenario in TOML: {error}.") from error
    _known("A scenario", table, (*_TOP, *_SECTIONS))
    sections = {name: _table(table, name) for name in _SECTIONS}
    _known("[patient]", sections["patient"], _PATIENT)
    _known("[device]", sections["device"], _DEVICE)
    device = {**sections["patient"], **sections["device"]}
    setup = Setup(
        settings=_section(Settings, "[device] or [patient]", device),
        lead=_section(Lead, "[ecg]", sections["ecg"]),
        finger=_section(Finger, "[pleth]", sections["pleth"]),
        recorder=_section(Recorder, "[recording]", sections["recording"]),
    )
    rhythm = _section(Rhythm, "[rhythm]", sections["rhythm"])
    expected = _expected(sections["expected"])
    top = {name: table[name] for name in _TOP if name in table}
    if not isinstance(top.get("title", ""), str):
        raise InvalidScenario(f"title must be a text, not {top['title']!r}.")
    try:
        return Scenario(**top, rhythm=rhythm, setup=setup, expected=expected)
    except ValueError as error:
        raise InvalidScenario(f"In the scenario, {error}") from error


def run(
    scenario: Scenario,
    seed: int,
    ecg: Channel | None = None,
    r_s: NDArray[np.float64] | None = None,
    noise: Channel | None = None,
) -> Simulation:
    """Simulate the scenario; the same bytes for the same scenario and seed.

    Parameters
    ----------
    ecg
        A real ECG in place of the synthetic one: cut or repeated to the scenario's length; the rhythm is then its own.
    r_s
        Its true R times in seconds; found in it, where they are not given.
    noise
        Recorded electrode-motion noise in place of the synthetic one; used where ``noise_snr_db`` is set.

    Raises
    ------
    InvalidScenario
        The ECG has too few beats, or R times come without an ECG.
    """
    duration_s = 60 * scenario.minutes
    if ecg is None and r_s is not None:
        raise InvalidScenario("R times belong to a given ECG; give the ECG too.")
    try:
        if ecg is None:
            known = synthetic_ecg(duration_s, scenario.ecg_rate_hz, scenario.rhythm, seed)
            fibrillating: bool | None = scenario.rhythm.kind == "fibrillation"
        else:
            known = longer(KnownEcg(ecg, heart.r_times(ecg) if r_s is None else r_s), duration_s)
            fibrillating = None
        made = simulate_setup(known, scenario.setup, seed, fibrillating=fibrillating, noise=noise)
    except ValueError as error:
        raise InvalidScenario(f"'{scenario.title}' cannot be simulated: {error}") from error
    return replace(made, title=scenario.title, expected=scenario.expected)


def _known(where: str, table: Mapping[str, object], names: tuple[str, ...]) -> None:
    for key in table:
        if key not in names:
            raise InvalidScenario(f"{where} has no key '{key}'. It knows: {', '.join(names)}.")


def _table(table: dict[str, Any], name: str) -> dict[str, Any]:
    section = table.get(name, {})
    if not isinstance(section, dict):
        raise InvalidScenario(f"'{name}' must be a table, written as [{name}], not {section!r}.")
    return section


def _section(cls: type[_Section], where: str, given: dict[str, Any]) -> _Section:
    _known(where, given, tuple(each.name for each in fields(cls)))
    try:
        return cls(**{key: _frozen(value) for key, value in given.items()})
    except ValueError as error:
        raise InvalidScenario(f"In {where}, {error}") from error


def _frozen(value: Any) -> Any:
    return tuple(_frozen(part) for part in value) if isinstance(value, list) else value


def _expected(given: dict[str, Any]) -> dict[str, object]:
    _known("[expected]", given, (*_WORDS, *_FLAGS, *_SHARES))
    for key, value in given.items():
        if key in _WORDS and value not in _WORDS[key]:
            raise InvalidScenario(
                f"In [expected], {key} must be one of {', '.join(_WORDS[key])}, not {value!r}."
            )
        if key in _FLAGS and not isinstance(value, bool):
            raise InvalidScenario(f"In [expected], {key} must be true or false, not {value!r}.")
        if key in _SHARES and (
            isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1
        ):
            raise InvalidScenario(f"In [expected], {key} must lie within 0 to 1, not {value!r}.")
    return given
