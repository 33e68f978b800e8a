"""What a file says becomes a waveform in our units, or is refused; what is odd is said."""

import numpy as np
import pytest

from devices.records.content import BadRecord, Content, Mark, Signal, without_filling
from devices.records.recording import Recording, recording_of
from devices.waveform import ChannelName, Cuff, Event, EventKind


def ecg(scale: float = 1.0, unit: str = "mV", seconds: int = 60) -> Signal:
    phase = (np.arange(seconds * 250) / 250) % 1.0
    return Signal("ECG", unit, 250.0, scale * np.exp(-(((phase - 0.2) / 0.02) ** 2)))


def cuff(height: float, unit: str, name: str = "CUFF_CALF", seconds: int = 60) -> Signal:
    phase = (np.arange(seconds * 50) / 50) % 1.0
    return Signal(name, unit, 50.0, np.where(phase > 0.6, height, 0.0))


def console(seconds: int = 60) -> tuple[Mark, ...]:
    marks = []
    for beat in range(seconds):
        marks += [
            Mark(beat + 0.2, "trigger"),
            Mark(beat + 0.5, "inflate calf"),
            Mark(beat + 0.9, "deflate calf"),
        ]
    return tuple(marks)


def read(*signals: Signal, marks: tuple[Mark, ...] = ()) -> Recording:
    return recording_of(Content(signals, marks, {}))


@pytest.mark.parametrize(
    ("scale", "unit"), [(1.0, "mV"), (1000.0, "uV"), (1000.0, "µV"), (0.001, "V"), (1.0, "MV")]
)
def test_ecg_is_brought_to_millivolts(scale: float, unit: str) -> None:
    channel = read(ecg(scale, unit)).waveform.channels[0]
    assert channel.samples.max() == pytest.approx(1.0)


@pytest.mark.parametrize(("height", "unit"), [(260, "mmHg"), (34.6638207, "kPa"), (0.0346638207, "MPa")])
def test_pressure_is_brought_to_millimetres_of_mercury(height: float, unit: str) -> None:
    channel = read(cuff(height, unit), marks=console()).waveform.channels[0]
    assert channel.samples.max() == pytest.approx(260, abs=1e-5)


@pytest.mark.parametrize(
    ("signal", "says"),
    [
        (cuff(260, "kPa"), "not in kPa"),
        (cuff(34.7, "MPa"), "not in MPa"),
        (cuff(34700, "mmHg"), "not in mmHg"),
        (cuff(34.7, "mmHg"), "look like kPa"),
        (cuff(260, ""), "without a unit"),
        (cuff(260, "psi"), "in 'psi'"),
        (ecg(1.0, "mmHg"), "in 'mmHg'"),
        (ecg(1.0, ""), "without a unit"),
        (ecg(1200.0, "mV"), "uV"),
    ],
)
def test_values_that_contradict_their_unit_are_refused(signal: Signal, says: str) -> None:
    with pytest.raises(BadRecord, match=says):
        read(signal, marks=console())


@pytest.mark.parametrize("rate_hz", [40.0, 99.0, 2001.0, 1e6])
def test_ecg_at_a_rate_that_shows_no_beats_is_refused(rate_hz: float) -> None:
    with pytest.raises(BadRecord, match="resample it to 100 to 2000 Hz"):
        read(Signal("ECG", "mV", rate_hz, ecg().samples))


def test_channel_with_too_few_samples_is_left_out_and_said() -> None:
    slow = Signal("PPG", "", 20.0, np.zeros(1200))
    found = read(ecg(), slow, cuff(260, "mmHg"))
    assert [channel.name for channel in found.waveform.channels] == [ChannelName.ECG, ChannelName.CUFF_CALF]
    assert found.left_out == ("PPG",)
    assert (
        found.notes[0].sentence
        == "'PPG' has 20 samples a second; it takes 25 to read it, so it was left out."
    )
    with pytest.raises(BadRecord, match="Give a recording with an ECG"):
        read(slow)


def test_signal_without_a_gain_is_refused() -> None:
    raw = Signal("ECG", "mV", 250.0, ecg().samples, calibrated=False)
    with pytest.raises(BadRecord, match="no gain"):
        read(raw)
    with pytest.raises(BadRecord, match="without a unit"):
        read(ecg(), Signal("CUFF_HIP", "mmHg", 50.0, cuff(260, "mmHg").samples, calibrated=False))


@pytest.mark.parametrize("height", [0.0, 3.0])
def test_cuffs_that_were_never_filled_are_no_question_of_units(height: float) -> None:
    assert read(cuff(height, "mmHg"), marks=console()).notes == ()


def test_low_pressure_in_a_few_first_strokes_is_no_question_of_units() -> None:
    assert read(cuff(34.7, "mmHg"), marks=console(10)).waveform.channels[0].samples.max() == 34.7


def test_one_cuff_that_stays_low_is_said_and_not_refused() -> None:
    found = read(cuff(34.7, "mmHg"), cuff(260, "mmHg", "CUFF_HIP"), marks=console())
    assert [note.code for note in found.notes] == ["pressure_low"]
    assert "CUFF_CALF never exceeds 35 mmHg" in found.notes[0].sentence


@pytest.mark.parametrize("factor", [0.001, 1000.0])
def test_event_times_in_another_unit_are_refused(factor: float) -> None:
    marks = tuple(Mark(mark.t_s * factor, mark.text) for mark in console())
    with pytest.raises(BadRecord, match="true frequency"):
        read(ecg(), marks=marks)


def test_nothing_about_events_is_lost_silently() -> None:
    marks = (
        Mark(2.0, "trigger"),
        Mark(1.0, "trigger"),
        Mark(3.0, "pump"),
        Mark(3.0, "inflate"),
        Mark(3.5, "trigger calf"),
        Mark(90.0, "Deflate  HIP"),
        Mark(-1.0, "trigger"),
        Mark(4.0, "gap ECG"),
        Mark(60.0, "end of recording"),
    )
    found = read(ecg(), marks=marks)
    assert [note.code for note in found.notes] == ["events_unknown", "events_outside", "events_out_of_order"]
    assert (
        found.notes[0].sentence
        == "3 annotations are no events of a console: 'pump', 'inflate', 'trigger calf'."
    )
    assert found.waveform.events == (
        Event(-1.0, EventKind.TRIGGER),
        Event(1.0, EventKind.TRIGGER),
        Event(2.0, EventKind.TRIGGER),
        Event(90.0, EventKind.DEFLATE, Cuff.HIP),
    )


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (["V5", "MLII"], "MLII"),
        (["V1", "III", "aVF"], "V1"),
        (["II", "ECG"], "ECG"),
        (["III", "ECG lead II"], "ECG lead II"),
        (["ECG0"], "ECG0"),
        (["chan 1", "chan 2"], "chan 1"),
        (["PLETH", "RESP", "chan 3"], "chan 3"),
    ],
)
def test_clearest_lead_is_taken_as_the_ecg(names: list[str], taken: str) -> None:
    signals = [Signal(name, "mV", 250.0, ecg().samples) for name in names]
    found = read(*signals)
    assert next(s.name for s in found.sources if s.channel is ChannelName.ECG) == taken


def test_named_lead_wins_and_the_others_are_listed() -> None:
    signals = tuple(Signal(name, "mV", 250.0, ecg().samples) for name in ("II", "V5"))
    found = recording_of(Content(signals, (), {}), ecg="v5")
    assert found.sources[0].name == "V5"
    assert found.left_out == ("II",)


def test_lead_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadRecord, match="no channel 'aVR'; it has ECG"):
        recording_of(Content((ecg(),), (), {}), ecg="aVR")


def test_record_without_any_channel_of_ours_is_refused() -> None:
    with pytest.raises(BadRecord, match="only RESP"):
        read(Signal("RESP", "Ohm", 50.0, np.zeros(50)))
    with pytest.raises(BadRecord, match="only nothing"):
        read()


def test_high_pressure_that_a_cuff_can_hold_is_read() -> None:
    assert read(cuff(60, "kPa"), marks=console()).waveform.channels[0].samples.max() == pytest.approx(
        450, abs=0.1
    )


def test_signal_is_cut_where_the_recording_ends() -> None:
    signals = without_filling((ecg(),), (Mark(10.0, "end of recording"),))
    assert signals[0].samples.size == 2500
    twice = (Mark(10.0, "end of recording"), Mark(20.0, "end of recording"))
    assert without_filling((ecg(),), twice)[0].samples.size == 15_000
