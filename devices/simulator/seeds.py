"""One generator of random numbers a part: what one part draws must not depend on what another was set to."""

from enum import IntEnum

import numpy as np


class Part(IntEnum):
    """The parts that draw. A number is never reused, so that a new part leaves the others as they were."""

    VARIABILITY = 0
    ECTOPY = 1
    ECG_FLOOR = 2
    VALVES = 3
    TRIGGER_ERRORS = 4
    TRIGGER_TIMES = 5
    CONSOLE_TIMES = 6
    BODY = 7
    FINGER = 8
    BREATH = 9
    PLETH_FLOOR = 10
    PLETH_MOTION = 11
    CUFF_FLOOR = 12
    ELECTRODE_MOTION = 13
    MUSCLE = 14
    WANDER = 15
    CUFF_ARTEFACT = 16
    MAINS = 17


def generator(seed: int, part: Part) -> np.random.Generator:
    """The generator of one part; the same for the same seed."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(part),)))
