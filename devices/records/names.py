"""Which signal of a record is which channel: our own names, and other names in use that mean the same."""

import re
from collections.abc import Sequence

from devices.records.content import BadRecord, Signal
from devices.waveform import ChannelName

#: Other accepted names, as ``plain_name`` writes them. ``docs/recording-format.md`` lists the same.
ALIASES: dict[ChannelName, frozenset[str]] = {
    ChannelName.PLETH: frozenset({"PLETH", "PPG", "PULSE_WAVE", "PLETHYSMOGRAM", "SPO2_PLETH"}),
    ChannelName.CUFF_CALF: frozenset({"CUFF_CALF", "CALF", "CALF_CUFF", "P_CALF"}),
    ChannelName.CUFF_THIGH: frozenset({"CUFF_THIGH", "THIGH", "THIGH_CUFF", "P_THIGH", "LOWER_THIGH"}),
    ChannelName.CUFF_HIP: frozenset(
        {"CUFF_HIP", "HIP", "HIP_CUFF", "P_HIP", "UPPER_THIGH", "BUTTOCK", "BUTTOCKS"}
    ),
}
#: Names of ECG leads, the one that is usually clearest for R peaks first.
LEADS = (
    "II",
    "MLII",
    "I",
    "V5",
    "V",
    "V4",
    "V6",
    "V3",
    "V2",
    "V1",
    "III",
    "AVF",
    "AVL",
    "AVR",
    "MLI",
    "MLIII",
)
_VOLTS = frozenset({"mv", "uv", "µv", "μv", "v"})


def plain_name(name: str) -> str:
    """Capitals, with one underscore for all between letters and digits: "Cuff - calf" is CUFF_CALF."""
    return re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")


def channels_of(signals: Sequence[Signal], ecg: str | None = None) -> dict[ChannelName, Signal]:
    """The signal of each channel; of several that would do, the first.

    Parameters
    ----------
    ecg
        Name of the signal to take as the ECG; None: see ``ecg_of``.

    Raises
    ------
    BadRecord
        There is no signal of the name ``ecg``.
    """
    found: dict[ChannelName, Signal] = {}
    heart = ecg_of(signals, ecg)
    if heart is not None:
        found[ChannelName.ECG] = heart
    for name, accepted in ALIASES.items():
        fits = [s for s in signals if s is not heart and plain_name(s.name) in accepted]
        if fits:
            found[name] = fits[0]
    return found


def ecg_of(signals: Sequence[Signal], wanted: str | None = None) -> Signal | None:
    """The signal of that name; else the one named ECG, else an ECG lead, else the first in volts that is not
    known to be something else; None where there is none.

    Raises
    ------
    BadRecord
        ``wanted`` is not there.
    """
    if wanted is not None:
        for signal in signals:
            if signal.name == wanted or plain_name(signal.name) == plain_name(wanted):
                return signal
        names = ", ".join(signal.name or "(no name)" for signal in signals)
        raise BadRecord(f"The record has no channel '{wanted}'; it has {names}.")
    ranked = sorted(signals, key=_rank)
    return ranked[0] if ranked and _rank(ranked[0]) < _NONE else None


_NONE = 1000


def _rank(signal: Signal) -> int:
    """Lower is more surely the ECG to take; ``_NONE`` is none at all."""
    name = plain_name(signal.name)
    lead = name.removeprefix("ECG_").removeprefix("EKG_").removeprefix("LEAD_")
    if name in ("ECG", "EKG"):
        return 0
    if lead in LEADS:
        return 1 + LEADS.index(lead)
    if re.match(r"(ECG|EKG)", name):
        return 100
    if any(name in accepted for accepted in ALIASES.values()) or name.startswith(
        ("RESP", "EEG", "EMG", "EOG")
    ):
        return _NONE
    return 200 if signal.unit.lower() in _VOLTS else _NONE
