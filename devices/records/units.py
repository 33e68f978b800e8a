"""Values into the unit of their channel: exactly where the file names one, never by guessing."""

import math

import numpy as np

from devices.records.content import BadRecord, Floats, Signal

#: Millivolts and millimetres of mercury in one unit; 1 mmHg is 133.322387415 Pa.
_MMHG_A_KPA = 1 / 0.133322387415
MILLIVOLTS = {"mv": 1.0, "uv": 1e-3, "µv": 1e-3, "μv": 1e-3, "v": 1e3}
MMHG = {"mmhg": 1.0, "kpa": _MMHG_A_KPA, "mpa": 1000 * _MMHG_A_KPA}

ECG_RATES_HZ = (100.0, 2000.0)  # [E] below, a QRS is two or three samples; above, nothing is gained
HIGHEST_PRESSURE_MMHG = 500.0  # [E] no cuff is inflated above 350 mmHg; the rest is for overshoot
LOWEST_THERAPY_MMHG = 60.0  # [E] no counterpulsation is prescribed below this
_SILENT_MMHG = 5.0  # [E] a cuff that never exceeds this was not inflated: its noise says nothing of units
_HIGHEST_ECG_MV = 100.0  # [E] no skin electrode shows more from one second to the next
_REACHED_S = 1.0  # [E] a level counts as reached where the signal was at or above it this long in all
FEWEST_INFLATIONS = 20  # [E] fewer may all lie in the first steps of the pressure


def refuse_rate_of_no_ecg(signal: Signal) -> None:
    """Raises BadRecord where R peaks cannot be found at the rate of the signal."""
    low, high = ECG_RATES_HZ
    if not low <= signal.rate_hz <= high:
        raise BadRecord(
            f"The ECG '{signal.name}' has {signal.rate_hz:g} samples a second; resample it to {low:g} to {high:g} Hz."
        )


def ecg_in_mv(signal: Signal) -> Floats:
    """The samples in mV.

    Raises
    ------
    BadRecord
        The unit is missing or not one of volts, or the values contradict it.
    """
    if not signal.calibrated:
        raise BadRecord(f"The ECG '{signal.name}' has no gain in the header; add one, such as 1000/mV.")
    factor = MILLIVOLTS.get(signal.unit.lower())
    if factor is None:
        raise BadRecord(
            f"The ECG '{signal.name}' is {_in(signal.unit)}; give it in mV, uV or V and name the unit."
        )
    samples = signal.samples * factor if factor != 1 else signal.samples
    spread = _usual_spread(samples, signal.rate_hz)
    if spread > _HIGHEST_ECG_MV:
        raise BadRecord(
            f"The ECG '{signal.name}' moves by {spread:.0f} mV within a second, which no skin electrode shows; "
            f"its values are not in {signal.unit}. Name the right unit (uV?) or the right gain."
        )
    return samples


def pressure_in_mmhg(signal: Signal) -> Floats:
    """The samples in mmHg.

    Raises
    ------
    BadRecord
        The unit is missing or not one of pressure, or the values are not possible in it.
    """
    factor = MMHG.get(signal.unit.lower()) if signal.calibrated else None
    if factor is None:
        unit = signal.unit if signal.calibrated else ""
        raise BadRecord(
            f"The cuff pressure '{signal.name}' is {_in(unit)}; give it in mmHg, kPa or MPa and name the unit."
        )
    samples = signal.samples * factor if factor != 1 else signal.samples
    highest = reached(samples, signal.rate_hz)
    if highest > HIGHEST_PRESSURE_MMHG:
        raise BadRecord(
            f"The cuff pressure '{signal.name}' reaches {highest / factor:.6g} {signal.unit}, which is "
            f"{highest:.0f} mmHg and no cuff's pressure; its values are not in {signal.unit}. "
            "Name the right unit."
        )
    return samples


def refuse_pressures_of_another_unit(highest_mmhg: dict[str, float], inflations: int) -> None:
    """Look at what each cuff reached while the console inflated it.

    A single cuff that stays low has a leak or a loose hose; all of them do so in another unit.

    Raises
    ------
    BadRecord
        There were inflations, and no cuff ever came to the least pressure of counterpulsation.
    """
    highest = max((value for value in highest_mmhg.values() if not math.isnan(value)), default=0.0)
    if inflations < FEWEST_INFLATIONS or highest >= LOWEST_THERAPY_MMHG:
        return
    if highest >= _SILENT_MMHG:
        raise BadRecord(
            f"No cuff exceeds {highest:.0f} mmHg in {inflations} inflations; the values look like kPa "
            f"({highest:.0f} kPa = {highest * _MMHG_A_KPA:.0f} mmHg). Name the unit in which they are written."
        )


def reached(samples: Floats, rate_hz: float) -> float:
    """The highest level at or above which the signal stayed for one second in all; NaN without any sample."""
    known = samples[np.isfinite(samples)]
    if not known.size:
        return math.nan
    count = min(known.size, max(1, round(_REACHED_S * rate_hz)))
    return float(np.partition(known, known.size - count)[known.size - count])


def _usual_spread(samples: Floats, rate_hz: float) -> float:
    """Middle of greatest minus least value of each second; 0 where nothing was measured."""
    size = max(1, round(rate_hz))
    whole = samples[: samples.size // size * size].reshape(-1, size)
    whole = whole[np.isfinite(whole).all(axis=1)]
    return float(np.median(np.ptp(whole, axis=1))) if whole.size else 0.0


def _in(unit: str) -> str:
    return f"in '{unit}'" if unit else "without a unit"
