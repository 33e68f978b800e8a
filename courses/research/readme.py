"""The first page of an export, for whoever opens the folder years later. PURE."""

from collections.abc import Sequence

_IDENTITY = """The folder is de-identified: it holds no name, record number, date or free text. Days are counted from the first
session, ages end at 90, and the recordings' headers name neither day nor hour. Rare courses may still be
recognised by who knows them; handle it as your review board says.
"""
_NAMED = """**This folder names the patient** (identity.csv, notes.csv, and the day in each recording's header). Keep it as you
keep the chart.
"""


def readme(subject: str, sessions: int, missing: Sequence[str], *, deidentified: bool) -> str:
    """Markdown; ``missing`` are sentences."""
    lacking = "".join(f"- {sentence}\n" for sentence in missing) or "- Nothing.\n"
    return f"""# Course {subject} of enhanced external counterpulsation: {sessions} sessions

{_IDENTITY if deidentified else _NAMED}
| file | what |
|---|---|
| course.csv | one row: the patient's age and sex, and what was ordered |
| sessions.csv | a row a session; names the files of its waves and beats |
| vitals.csv, readings.csv, events.csv | what was charted; rows that were struck out are left out |
| minutes.csv | a row a minute of each recording, as the engine judged it |
| outcomes.csv | a row a point of the course |
| changes.csv | a row a measure: its last value against that before the course, in numbers and in words |
| beats/session-NN.parquet | a row a heart beat |
| recordings/session-NN.edf | EDF+: ECG, finger pulse, cuff pressures; triggers and valve events as annotations |
| data-dictionary.csv | every column: unit, meaning, source |
| manifest.json | SHA-256 and size of every file |

Empty (in Parquet: null) means not known or not measured; nothing was filled in. Times `t_s` count from the first sample
of the session's recording by the server's clock, within the second that clocks are known to.
A sample of -32768 counts in an EDF file was not measured.

The figures of the engine were validated on simulated counterpulsation and real ECG; no public recording of
counterpulsation exists.

## What is missing
{lacking}
## To read it
```python
import pandas as pd
from edfio import read_edf

sessions = pd.read_csv("sessions.csv")
beats = pd.read_parquet("beats/session-01.parquet")
ecg = read_edf("recordings/session-01.edf").get_signal("ECG")
```
"""


def data_set_readme(courses: int, least: int, grain: str) -> str:
    return _DATA_SET.format(courses=courses, least=least, grain=grain)


_DATA_SET = """# EECP courses of one clinic, de-identified

{courses} courses that ended. `courses.csv` has a row a course, `sessions.csv` a row a session; `data-dictionary.csv` says what every
column is, `manifest.json` holds the SHA-256 of each file. Empty means not known or left out; nothing was filled in.

A subject's number was drawn by chance for this data set alone: the same course has another number in the next one, and no list
leads back. Days count from a course's first session; no date, code, name or free text stands here.

Told of a person: {grain}. At least {least} courses share each combination of them (k-anonymity, k = {least}). Other columns may still
tell somebody to those who know the course: give the data set on only under an agreement that forbids it.
"""
