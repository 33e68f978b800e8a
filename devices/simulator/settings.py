"""What can be set on the simulated patient, device, monitor and recording, with our choice of defaults."""

from dataclasses import dataclass, field

from devices.simulator.limits import INTERVALS, Intervals, check, choice, number, steps, switch


@dataclass(frozen=True, slots=True)
class Settings:
    """The device as its operator set it, the errors injected into it, and the patient's circulation.

    Attributes
    ----------
    pressure_mmhg : prescribed cuff pressure, reached in steps over ``ramp_s``.
    delivered_share : share of the pressure aimed at that the compressor really gives.
    unassisted_s : time before the first inflation, in which an engine can learn the pulse of this patient.
    paused_s : stretches without inflation; the console goes on recognising beats.
    spacing_ms : calf to thigh, and thigh to hip (40 ms stands in K050172; other consoles differ).
    inflation_lead_ms : the calf valve opens this long before the predicted closing of the aortic valve, about
        the time the wave takes to the root.
    inflation_aim_ms : instead of a lead: the operator has tuned the inflation by sight so that the first blood
        reaches the root this long after valve closure (median; below 0 is before).
    deflation_lead_ms : all cuffs are released this long before the predicted next trigger.
    inflation_shift_ms, deflation_shift_ms : injected error; above 0 is late.
    inflation_jitter_ms, deflation_jitter_ms : standard deviation from beat to beat.
    triggers_from : "ecg", a causal detector on the ECG as it comes; or "beats", the true R times.
    trigger_latency_ms, trigger_jitter_ms : delay of "beats" and its standard deviation; "ecg" has its own.
    extra_trigger_share, missed_trigger_share : injected false and lost triggers, a share of all beats.
    displaced_ml : blood that inflation to 260 mmHg moves; 30 to 40 mL give the published ratios.
    resistance : peripheral resistance, mmHg·s/mL. compliance : mL/mmHg, 0.8 is a stiff artery.
    """

    pressure_mmhg: float = number(260, 60, 350)
    delivered_share: float = number(1, 0.2, 1)
    unassisted_s: float = number(30, 0, 3600)
    paused_s: Intervals = field(default=(), metadata=INTERVALS)
    ramp_s: float = number(180, 0, 1800)
    spacing_ms: float = number(40, 0, 100)
    inflation_lead_ms: float = number(130, 0, 300)
    inflation_aim_ms: float | None = number(None, -150, 150)
    deflation_lead_ms: float = number(110, 0, 400)
    inflation_shift_ms: float = number(0, -200, 200)
    deflation_shift_ms: float = number(0, -200, 200)
    inflation_jitter_ms: float = number(0, 0, 60)
    deflation_jitter_ms: float = number(0, 0, 60)
    triggers_from: str = choice("ecg", "beats")
    trigger_latency_ms: float = number(15, 0, 80)
    trigger_jitter_ms: float = number(2, 0, 40)
    extra_trigger_share: float = number(0, 0, 0.5)
    missed_trigger_share: float = number(0, 0, 0.5)
    displaced_ml: float = number(40, 0, 80)
    stroke_volume_ml: float = number(70, 20, 150)
    resistance: float = number(1.0, 0.3, 3)
    compliance: float = number(1.3, 0.3, 3)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True)
class Lead:
    """The ECG lead as it is recorded.

    Attributes
    ----------
    inverted : electrodes swapped. gain, offset_mv, clip_mv : of the amplifier; samples beyond ± ``clip_mv`` stay there.
    noise_snr_db : electrode-motion noise over ``noise_s`` (everywhere, where that is empty). Signal power is
        (usual QRS peak to peak)² / 8, noise power its mean square, as the noise stress test database has it.
    emg_snr_db : muscle noise, 20 to 150 Hz, over ``emg_s``, by the same measure.
    wander_mv : RMS of a baseline below 0.5 Hz. mains_mv : amplitude of the mains' hum.
    cuff_artefact_mv : height of the bump at each valve command, where body and electrodes are pushed.
    lead_off_s : the electrode is off: the recording shows a flat line, and the console no beats.
    """

    inverted: bool = switch(False)
    gain: float = number(1, 0.05, 20)
    offset_mv: float = number(0, -20, 20)
    clip_mv: float | None = number(None, 0.1, 50)
    noise_snr_db: float | None = number(None, -12, 60)
    noise_s: Intervals = field(default=(), metadata=INTERVALS)
    emg_snr_db: float | None = number(None, -12, 60)
    emg_s: Intervals = field(default=(), metadata=INTERVALS)
    wander_mv: float = number(0, 0, 5)
    mains_mv: float = number(0, 0, 2)
    mains_hz: float = number(50, 45, 65)
    cuff_artefact_mv: float = number(0, 0, 5)
    lead_off_s: Intervals = field(default=(), metadata=INTERVALS)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True)
class Finger:
    """The finger probe and its monitor.

    Attributes
    ----------
    lag_ms : from the root to the finger; drawn from 180 to 320 ms where it is not set. The monitor's low-pass
        adds its own delay.
    lag_jitter_ms : standard deviation from beat to beat.
    low_pass_hz, high_pass_hz : Bessel of order 3, Butterworth of order 1.
    respiration_share : change of height with breathing. noise : standard deviation, the usual pulse being 1 high.
    gain_steps : [[seconds, factor], ...], the gain from that moment on (automatic gain control).
    motion_s, motion_size : stretches in which the finger moves, and how much, in pulse heights (RMS).
    probe_off_s : the probe is off the finger. cuff_artefact : height of the bump at each valve command.
    """

    lag_ms: float | None = number(None, 50, 500)
    lag_jitter_ms: float = number(5, 0, 30)
    low_pass_hz: float = number(7, 3, 30)
    high_pass_hz: float = number(0.35, 0.01, 1)
    respiration_share: float = number(0.08, 0, 0.4)
    noise: float = number(0.004, 0, 1)
    gain_steps: tuple[tuple[float, float], ...] = steps(0.05, 20)
    motion_s: Intervals = field(default=(), metadata=INTERVALS)
    motion_size: float = number(0.8, 0, 10)
    probe_off_s: Intervals = field(default=(), metadata=INTERVALS)
    cuff_artefact: float = number(0, 0, 2)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True)
class Recorder:
    """How the recording is written down, and what is lost on the way.

    Attributes
    ----------
    pressure_unit : what the console shows; the numbers are in it, and ``Simulation.units`` says so.
    clock_drift_ppm : the events' clock runs this much faster than that of all the channels.
    gaps_s : nothing arrives: samples are missing, and events with them. events_missing_s : only the events are.
    """

    pleth_rate_hz: float = number(125, 50, 500)
    cuff_rate_hz: float = number(50, 25, 250)
    pressure_unit: str = choice("mmHg", "kPa", "MPa")
    clock_drift_ppm: float = number(0, -500, 500)
    gaps_s: Intervals = field(default=(), metadata=INTERVALS)
    events_missing_s: Intervals = field(default=(), metadata=INTERVALS)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that can be set but the heart itself."""

    settings: Settings = field(default_factory=Settings)
    lead: Lead = field(default_factory=Lead)
    finger: Finger = field(default_factory=Finger)
    recorder: Recorder = field(default_factory=Recorder)
