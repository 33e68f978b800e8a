"""Reading scenarios: what is wrong is refused in a sentence that names the key and the way out."""

import json
import os
import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.simulator.ecg import Rhythm, synthetic_ecg
from devices.simulator.scenario import InvalidScenario, Scenario, read_scenario, run
from devices.simulator.session_truth import SessionTruth
from devices.simulator.settings import Finger, Lead, Recorder, Settings
from devices.simulator.truth import to_dict
from devices.waveform import Channel, ChannelName

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("EECP_SHARED", ROOT / "../shared"))
SHORT = "minutes = 2\n[device]\nunassisted_s = 20\nramp_s = 0\n"


def test_empty_scenario_is_a_session_of_all_defaults() -> None:
    assert read_scenario("") == Scenario()


def test_file_says_what_becomes_of_the_session() -> None:
    scenario = read_scenario(
        'title = "Late"\nminutes = 20\n[rhythm]\nkind = "paced"\n[patient]\ncompliance = 0.6\n'
        "[device]\ninflation_shift_ms = 60\npaused_s = [[300, 360]]\n[ecg]\ninverted = true\n"
        '[pleth]\nlag_ms = 250\n[recording]\npressure_unit = "kPa"\n[expected]\ninflation = "fair"\n'
    )
    assert (scenario.title, scenario.minutes, scenario.rhythm.kind) == ("Late", 20, "paced")
    assert scenario.setup.settings == Settings(compliance=0.6, inflation_shift_ms=60, paused_s=((300, 360),))
    assert scenario.setup.lead == Lead(inverted=True)
    assert scenario.setup.finger == Finger(lag_ms=250)
    assert scenario.setup.recorder == Recorder(pressure_unit="kPa")
    assert scenario.expected == {"inflation": "fair"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("minutes = ", "not a scenario in TOML"),
        ("length = 3", "has no key 'length'. It knows: title, minutes"),
        ("device = 3", r"'device' must be a table, written as \[device\]"),
        ("[device]\npresure_mmhg = 260", r"\[device\] has no key 'presure_mmhg'. It knows: pressure_mmhg"),
        ("[device]\ncompliance = 1", r"\[device\] has no key 'compliance'"),
        ("[patient]\ncompliance = 9", "compliance must lie within 0.3 to 3, not 9"),
        ("[device]\npressure_mmhg = 35", "pressure_mmhg must lie within 60 to 350, not 35"),
        ("[device]\npressure_mmhg = nan", "pressure_mmhg must lie within"),
        ("[device]\npressure_mmhg = true", "pressure_mmhg must lie within 60 to 350, not True"),
        ('[device]\ntriggers_from = "pulse"', "triggers_from must be one of 'ecg', 'beats', not 'pulse'"),
        ("[ecg]\ninverted = 1", "inverted must be true or false, not 1"),
        ("[ecg]\nlead_off_s = [[60, 30]]", r"lead_off_s must be \[from, to\] pairs in seconds"),
        ("[ecg]\nlead_off_s = 60", r"lead_off_s must be \[from, to\] pairs in seconds"),
        ("[ecg]\nlead_off_s = [[0, 60], [50, 90]]", "in order and apart"),
        ("[pleth]\ngain_steps = [[60, 0]]", "values 0.05 to 20"),
        ("minutes = 5\n[ecg]\nlead_off_s = [[200, 400]]", "lead_off_s ends at 400 s, after the end"),
        ("minutes = 5\n[recording]\ngaps_s = [[200, 400]]", "gaps_s ends at 400 s"),
        ("minutes = 0", "minutes must lie within 0.25 to 600"),
        ("title = 3", "title must be a text"),
        ("ecg_rate_hz = 50", "ecg_rate_hz must lie within 128 to 2000"),
        ("[rhythm]\nrate_bpm = 300", "rate_bpm must lie within 30 to 180"),
        ('[expected]\ninflation = "soon"', "inflation must be one of early, good"),
        ("[expected]\nnot_assessable = 1", "not_assessable must be true or false"),
        ("[expected]\ngap_share = 5", "gap_share must lie within 0 to 1"),
        ("[expected]\ngrade = 5", r"\[expected\] has no key 'grade'"),
    ],
)
def test_wrong_scenario_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InvalidScenario, match=sentence):
        read_scenario(text)


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_any_text_is_a_scenario_or_is_refused(text: str) -> None:
    try:
        read_scenario(text)
    except InvalidScenario as refusal:
        assert str(refusal).endswith(".")


def test_real_ecg_takes_the_place_of_the_synthetic_one() -> None:
    real = synthetic_ecg(60, 360, Rhythm(rate_bpm=80), seed=9)
    simulation = run(read_scenario(SHORT), 1, real.ecg, real.r_s)
    assert simulation.waveform.duration_s == 120
    assert simulation.waveform.channels[0].rate_hz == 360
    assert simulation.truth.session.mean_rate_bpm == pytest.approx(80, abs=2)
    assert simulation.truth.session.ectopy_burden is None
    assert simulation.truth.session.atrial_fibrillation is None


def test_r_times_without_an_ecg_are_refused() -> None:
    with pytest.raises(InvalidScenario, match="give the ECG too"):
        run(read_scenario(SHORT), 1, r_s=np.array([1.0, 2.0, 3.0]))


def test_ecg_without_beats_is_refused_by_the_name_of_the_scenario() -> None:
    flat = Channel(ChannelName.ECG, 250, np.zeros(250 * 60))
    with pytest.raises(InvalidScenario, match=r"'A session' cannot be simulated: .*too few beats"):
        run(read_scenario(SHORT), 1, flat)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the reader, not ours
def test_recorded_noise_and_recorded_ecg_are_joined_at_the_stated_ratio() -> None:
    wfdb = pytest.importorskip("wfdb")
    beats, noise = SHARED / "data/ecg/mitdb/100", SHARED / "data/ecg/nstdb/em_open"
    if not beats.with_suffix(".dat").exists() or not noise.with_suffix(".dat").exists():
        pytest.skip(
            f"the reference records in {SHARED} are not here; set EECP_SHARED to the folder that holds them"
        )
    signal, shake = (wfdb.rdrecord(str(path), channels=[0]) for path in (beats, noise))
    ecg = Channel(ChannelName.ECG, signal.fs, signal.p_signal[: 360 * 300, 0])
    motion = Channel(ChannelName.ECG, shake.fs, shake.p_signal[:, 0])
    quiet, noisy = (
        run(read_scenario(f"minutes = 5\n{section}"), 1, ecg, noise=motion)
        for section in ("", "[ecg]\nnoise_snr_db = 6\n")
    )
    added = noisy.waveform.channels[0].samples - quiet.waveform.channels[0].samples
    assert quiet.truth.session.beats == pytest.approx(371, abs=3)
    assert 0.05 < added.std() < 1


def test_truth_is_plain_json_with_a_list_entry_for_each_beat() -> None:
    simulation = run(read_scenario(SHORT + '[expected]\ninflation = "good"\n'), 3)
    truth = json.loads(json.dumps(to_dict(simulation), allow_nan=False))
    assert {len(values) for values in truth["beats"].values()} == {truth["session"]["beats"]}
    assert len(truth["triggers"]["at_s"]) == len(truth["triggers"]["beat"]) == truth["session"]["triggers"]
    assert truth["expected"] == {"inflation": "good"}
    assert truth["beats"]["augmentation_onset_s"][0] is None
    assert truth["units"]["CUFF_CALF"] == "mmHg"
    assert truth["seed"] == 3


def test_truth_names_unreadable_stretches_with_their_cause() -> None:
    text = (
        "minutes = 3\n[ecg]\nlead_off_s = [[10, 20]]\nnoise_snr_db = 6\n[pleth]\nprobe_off_s = [[30, 40]]\n"
        "[recording]\ngaps_s = [[60, 70]]\nevents_missing_s = [[80, 90]]\n"
    )
    truth = to_dict(run(read_scenario(text), 1))
    gap = {"from_s": 60, "to_s": 70, "cause": "gap"}
    assert truth["unreadable"]["ecg"] == [{"from_s": 10, "to_s": 20, "cause": "lead_off"}, gap]
    assert truth["unreadable"]["pleth"] == [{"from_s": 30, "to_s": 40, "cause": "probe_off"}, gap]
    assert truth["unreadable"]["events"][0]["cause"] == "events_missing"
    assert truth["noise"] == [{"from_s": 0, "to_s": 180, "cause": "electrode_motion", "snr_db": 6}]


def test_documentation_names_every_key_and_every_figure() -> None:
    text = (ROOT / "docs/simulator.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", text))
    keys = {
        each.name for cls in (Rhythm, Settings, Lead, Finger, Recorder, SessionTruth) for each in fields(cls)
    }
    assert keys - named == set()
