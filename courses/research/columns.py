"""Every file of a research export and every column in it: name, unit, meaning, source. PURE.

Tables are written by these columns and the data dictionary is these columns, so the two cannot differ.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """``unit`` is empty for words and codes, "1" for counts and ratios."""

    name: str
    unit: str
    meaning: str
    source: str


def _from(source: str, *rows: tuple[str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(name, unit, meaning, source) for name, unit, meaning in rows)


STAFF, DEVICE, ENGINE = "charted by staff", "console's recording", "gating engine (docs/gating.md)"
_SESSION = Column("session", "1", "number of the session in the course, by order of completion", "clinic")
_T = Column(
    "t_s",
    "s",
    "from the recording's first sample; from the session's start where sessions.zero says so",
    "computed",
)

COURSE = _from(
    "clinic",
    ("subject", "", "pseudonym of the course; the same in every export by this installation"),
    ("age_years", "a", "age in whole years on the day of the first session; 90 stands for 90 and above"),
    ("sex", "", "as registered: F, M, other, or unknown"),
    ("sessions_ordered", "1", "sessions that the order asks for"),
    ("minutes_ordered", "min", "minutes of a session that the order asks for"),
    ("pressure_target_mmhg", "mmHg", "cuff pressure that the order asks for"),
    ("diagnoses", "", "ICD-10-CM codes of the order, separated by spaces"),
    ("state", "", "where the course stands"),
    ("end_reason", "", "why it ended early; empty where it did not"),
)
SESSIONS = (
    _SESSION,
    *_from(
        "clinic",
        ("day", "d", "day of the session; 0 is the day of the first"),
        ("state", "", "ended or signed"),
        ("duration_min", "min", "from start to end by the clock, pauses included"),
        ("minutes_delivered", "min", "minutes as fixed at signing"),
        ("stop_reason", "", "why it ended"),
        ("zero", "", "from which moment t_s counts: recording or session"),
        ("recording", "", "file of the waves; empty where there is none"),
        ("beats", "", "file of the beats; empty where there is none"),
    ),
    *_from(
        DEVICE,
        ("recording_s", "s", "length of the recording"),
        ("gap_s", "s", "time in which at least one channel has a gap"),
        ("clock_offset_ms", "ms", "console's clock minus the server's when the recording was opened"),
    ),
    *_from(
        ENGINE,
        ("engine_version", "", "version of the engine that judged"),
        ("config_sha256", "", "fingerprint of the limits by which it judged"),
        ("grade", "", "A to D, or not assessable"),
        ("effective_minutes", "min", "minutes that met the rules of an effective minute"),
        ("ds_peak", "1", "median diastolic to systolic ratio of the finger pulse, by peaks"),
        ("ds_area", "1", "the same by areas"),
        ("pressure_mmhg", "mmHg", "median cuff pressure at the plateau"),
        ("inflation_ms", "ms", "start of augmentation minus aortic closure, median; negative is early"),
        ("inflation_good_share", "1", "share of inflations in the good band"),
        ("deflation_ms", "ms", "next ejection minus empty cuffs, median; negative is late"),
        ("late_share", "1", "share of deflations that came late"),
        ("heart_rate_bpm", "bpm", "median heart rate"),
        ("ectopy_share", "1", "share of beats that are ectopic"),
    ),
)
VITALS = (
    _SESSION,
    *_from(
        STAFF,
        ("phase", "", "before or after the hour"),
        ("systolic_mmhg", "mmHg", "systolic blood pressure"),
        ("diastolic_mmhg", "mmHg", "diastolic blood pressure"),
        ("heart_rate_bpm", "bpm", "heart rate"),
        ("spo2_percent", "%", "oxygen saturation"),
        ("respiratory_rate", "1/min", "breaths a minute"),
        ("weight_kg", "kg", "weight"),
        ("angina_since_last", "1", "angina episodes since the last session"),
        ("nitroglycerin_since_last", "1", "nitroglycerin uses since the last session"),
    ),
)
READINGS = (
    _SESSION,
    _T,
    *_from(
        "charted by staff, or by the console where from_device names it",
        ("pressure_mmhg", "mmHg", "cuff pressure"),
        ("heart_rate_bpm", "bpm", "heart rate"),
        ("systolic_mmhg", "mmHg", "systolic blood pressure"),
        ("diastolic_mmhg", "mmHg", "diastolic blood pressure"),
        ("spo2_percent", "%", "oxygen saturation"),
        ("ds_peak", "1", "diastolic to systolic ratio by peaks at that moment"),
        ("inflation_ms", "ms", "inflation to notch at that moment; negative is early"),
        ("from_device", "", "columns of this row that the console gave, separated by spaces"),
    ),
)
EVENTS = (
    _SESSION,
    _T,
    *_from(
        STAFF,
        ("kind", "", "what happened: event, change or pause"),
        ("what", "", "which event or which setting; empty for a pause"),
        ("severity", "", "of an event"),
        ("actions", "", "what was done, separated by spaces"),
        ("outcome", "", "how it went; empty is not known"),
        ("from_value", "see unit", "of a change, before"),
        ("to_value", "see unit", "of a change, after"),
        ("unit", "", "of the two values"),
        ("length_s", "s", "of a pause"),
    ),
)
MINUTES = (
    _SESSION,
    *_from(
        ENGINE,
        ("minute", "1", "0 is the first minute of the recording"),
        ("duration_s", "s", "its length; the last may be shorter"),
        ("n_beats", "1", "heart beats"),
        ("hr_bpm", "bpm", "heart rate"),
        ("sensitivity", "1", "share of beats that the console triggered on"),
        ("ppv", "1", "share of triggers that were beats"),
        (
            "inflation_median_ms",
            "ms",
            "start of augmentation minus aortic closure, median; negative is early",
        ),
        ("inflation_iqr_ms", "ms", "what its middle half spans"),
        ("late_deflation_share", "1", "share of deflations that came late"),
        ("deflation_lead_ms", "ms", "next ejection minus empty cuffs, median"),
        ("ds_peak", "1", "median diastolic to systolic ratio"),
        ("pressure_mmhg", "mmHg", "cuff pressure at the plateau"),
        ("readable_share", "1", "readable share of the ECG"),
        ("pleth_readable_share", "1", "readable share of the finger pulse"),
        ("effective", "1", "1 where the minute counts as effective, 0 where not"),
        ("grade", "", "A to D, or not assessable"),
    ),
)
OUTCOMES = _from(
    STAFF,
    ("point", "", "point of the course"),
    ("day", "d", "day of the measurement; 0 is the day of the first session, negative before it"),
    ("ccs_class", "1", "CCS class of angina, 0 to 4"),
    ("angina_per_week", "1", "angina episodes a week"),
    ("nitroglycerin_per_week", "1", "nitroglycerin uses a week"),
    ("walk_6min_m", "m", "six-minute walk"),
    ("dasi", "1", "Duke activity status index, 0 to 58.2"),
    ("feels", "", "how the patient feels beside before the course"),
    ("nyha_class", "1", "NYHA class, 1 to 4"),
    ("rose_dyspnoea", "1", "Rose dyspnoea score, 0 to 4"),
    ("e_over_e_prime", "1", "E/e' of the echocardiogram"),
    ("diastolic_grade", "", "grade of diastolic function"),
    ("la_volume_ml_m2", "mL/m2", "left atrial volume index"),
    ("saq7_score", "1", "SAQ-7 summary score"),
    ("sf12_physical", "1", "SF-12 physical score"),
    ("sf12_mental", "1", "SF-12 mental score"),
    ("eq5d_index", "1", "EQ-5D index"),
    ("eq5d_vas", "1", "EQ-5D visual analogue scale, 0 to 100"),
)
#: What the course's page and the packet tell of the outcomes, by the same definition.
CHANGES = _from(
    "computed from outcomes.csv (docs/progress.md)",
    ("measure", "", "which measure"),
    ("before", "see unit", "its value before the course"),
    ("now", "see unit", "its last value after that"),
    ("gain", "see unit", "positive where the patient is better"),
    ("unit", "", "of the three values"),
    ("direction", "", "better, same, worse or not_known"),
    ("sentence", "", "the change as the clinic reads it"),
)
#: One row a reference beat, in the order of ``devices.gating.report.BeatTable``.
BEATS = _from(
    ENGINE,
    ("r_s", "s", "R peak, from the recording's first sample"),
    ("rr_ms", "ms", "to the next R peak"),
    ("ectopic", "1", "1 premature with a wide or different QRS, 0 not"),
    ("premature_narrow", "1", "1 premature with a narrow QRS, 0 not"),
    ("triggered", "1", "1 the console triggered on it, 0 it did not"),
    ("trigger_delay_ms", "ms", "trigger minus R"),
    ("inflated", "1", "1 followed by an inflation, 0 not"),
    ("r_to_inflation_ms", "ms", "first inflation valve minus R"),
    ("foot_s", "s", "systolic foot of the finger pulse, from the first sample"),
    ("notch_s", "s", "aortic closure in the finger pulse, from the first sample"),
    ("augmentation_s", "s", "start of augmentation in the finger pulse, from the first sample"),
    ("off_inf_ms", "ms", "start of augmentation minus aortic closure; negative is early"),
    ("early_inflation", "1", "1 early, also where it hides in systole; 0 not"),
    ("lead_r_ms", "ms", "next R minus deflation command"),
    ("lead_ej_ms", "ms", "next ejection minus empty cuffs; negative is late"),
    ("late_deflation", "1", "1 late, 0 not"),
    ("ds_peak", "1", "diastolic to systolic ratio by peaks"),
    ("ds_area", "1", "diastolic to systolic ratio by areas"),
    ("plateau_mmhg", "mmHg", "cuff pressure while full"),
    ("residual_mmhg", "mmHg", "cuff pressure just before the next ejection"),
    ("treated", "1", "1 triggered, inflated and full; 0 not"),
)
#: Only where the export is not de-identified.
IDENTITY = _from(
    "clinic",
    ("course", "", "code of the course at the clinic"),
    ("mrn", "", "record number of the patient"),
    ("family_name", "", "family name"),
    ("given_name", "", "given name"),
    ("birth_date", "", "date of birth"),
    ("first_session", "", "date that is day 0"),
)
NOTES = (_SESSION, _T, *_from(STAFF, ("kind", "", "of what it speaks"), ("text", "", "as it was written")))

TABLES: dict[str, tuple[Column, ...]] = {
    "course.csv": COURSE,
    "sessions.csv": SESSIONS,
    "vitals.csv": VITALS,
    "readings.csv": READINGS,
    "events.csv": EVENTS,
    "minutes.csv": MINUTES,
    "outcomes.csv": OUTCOMES,
    "changes.csv": CHANGES,
}
IDENTIFYING: dict[str, tuple[Column, ...]] = {"identity.csv": IDENTITY, "notes.csv": NOTES}
BEATS_FILES = "beats/session-NN.parquet"


def dictionary_rows(tables: dict[str, tuple[Column, ...]]) -> Iterable[Sequence[str]]:
    """The data dictionary: a row a column, beats included, its heading first."""
    return dictionary_of(tables | {BEATS_FILES: BEATS})


def dictionary_of(tables: dict[str, tuple[Column, ...]]) -> Iterable[Sequence[str]]:
    """A row a column of ``tables``, its heading first."""
    yield ("file", "column", "unit", "meaning", "source")
    for name, columns in tables.items():
        for column in columns:
            yield (name, column.name, column.unit, column.meaning, column.source)
