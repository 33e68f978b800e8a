"""The data dictionary says every column that is written, and the files say nothing it does not."""

import csv
import io

import edfio
import numpy as np
import pytest

from courses.research.columns import BEATS, IDENTIFYING, TABLES, dictionary_rows
from courses.research.edf_header import NotEdf, without_day
from courses.research.packing import ZipSink, to_csv, to_parquet
from courses.research.readme import readme
from devices.gating.report import BeatTable
from tests.courses.treatment.replayed import waveform_of
from tests.devices.given_files import edf_of


def test_every_column_of_the_beats_is_in_the_dictionary_in_its_order() -> None:
    assert [column.name for column in BEATS] == list(BeatTable.__dataclass_fields__)


@pytest.mark.parametrize("name", [*TABLES, *IDENTIFYING])
def test_every_column_is_named_once_and_explained(name: str) -> None:
    columns = (TABLES | IDENTIFYING)[name]
    assert len({column.name for column in columns}) == len(columns)
    assert all(column.meaning and column.source for column in columns)


def test_dictionary_of_a_deidentified_export_knows_no_identity() -> None:
    files = {row[0] for row in dictionary_rows(TABLES)}
    assert files == {"file", *TABLES, "beats/session-NN.parquet"}


def test_unknown_is_empty_and_a_column_without_meaning_is_refused() -> None:
    columns = TABLES["vitals.csv"]
    [row] = csv.DictReader(io.StringIO(to_csv(columns, [{"session": 1, "weight_kg": None}]).decode()))
    assert (row["session"], row["weight_kg"], row["systolic_mmhg"]) == ("1", "", "")
    with pytest.raises(ValueError, match="mood"):
        to_csv(columns, [{"mood": 1}])


def test_words_are_no_formula() -> None:
    assert b"'=1+1" in to_csv(TABLES["course.csv"], [{"state": "=1+1"}])


def test_parquet_keeps_values_nulls_and_meanings() -> None:
    import pyarrow.parquet as pq

    values = {column.name: np.array([1.5, np.nan]) for column in BEATS}
    data = to_parquet(BEATS, values)
    table = pq.read_table(io.BytesIO(data))
    assert table.column("ds_peak").to_pylist() == [1.5, None]
    assert table.schema.field("r_s").metadata[b"unit"] == b"s"
    assert to_parquet(BEATS, values) == data


def test_zip_has_the_same_bytes_at_any_time() -> None:
    def packed() -> bytes:
        file = io.BytesIO()
        sink = ZipSink(file, "S-1")
        sink.put("a.csv", b"x\n1\n")
        sink.close()
        return file.getvalue()

    assert packed() == packed()


def test_recording_without_its_day_holds_the_same_samples() -> None:
    [given] = edf_of(waveform_of(2))
    data = given.data
    bare = without_day(data)
    before, after = edfio.read_edf(data), edfio.read_edf(bare)
    assert bare[256:] == data[256:]
    assert np.array_equal(before.signals[0].digital, after.signals[0].digital)
    assert (bare[168:176], bare[176:184]) == (b"01.01.85", b"00.00.00")
    assert b"202" not in bare[:256]
    with pytest.raises(NotEdf):
        without_day(b"something else")


def test_readme_says_what_is_missing_and_whom_it_names() -> None:
    assert "no name, record number, date" in readme("S-1", 3, (), deidentified=True)
    said = readme("S-1", 3, ("Session 2: no recording is bound to it.",), deidentified=False)
    assert "names the patient" in said
    assert "- Session 2" in said
