"""Uploaded papers are made safe, or refused in words."""

import io

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from patients import papers
from patients.papers import BadPaper, read_paper
from patients.pdf_actions import Removed
from tests.patients import paper_samples as samples


def test_plain_pdf_keeps_its_pages() -> None:
    paper = read_paper(samples.pdf_of())
    assert (paper.content_type, paper.pages, paper.removed) == ("application/pdf", 1, ())


@pytest.mark.parametrize(
    ("edit", "removed", "gone"),
    [
        (samples.runs_a_script, Removed.AT_OPENING, b"app.alert"),
        (samples.names_a_script, Removed.SCRIPT, b"app.alert"),
        (samples.launches_a_program, Removed.ACTION, b"cmd.exe"),
        (samples.reacts_on_its_page, Removed.AT_OPENING, b"app.alert"),
    ],
)
def test_what_a_pdf_does_by_itself_is_taken_out_and_said(
    edit: samples.Edit, removed: Removed, gone: bytes
) -> None:
    given = samples.pdf_of(edit)
    assert gone in given
    paper = read_paper(given)
    assert paper.removed == (removed,)
    assert gone not in paper.content
    with pikepdf.open(io.BytesIO(paper.content)) as pdf:
        assert len(pdf.pages) == 1
    assert read_paper(paper.content).removed == ()


def test_script_hidden_in_a_compressed_object_is_found() -> None:
    streams = pikepdf.ObjectStreamMode.generate
    given = samples.pdf_of(samples.launches_a_program, object_stream_mode=streams)
    assert b"cmd.exe" not in given
    assert read_paper(given).removed == (Removed.ACTION,)


@pytest.mark.parametrize("edit", [samples.links_to_the_web, samples.opens_at_its_page])
def test_what_only_leads_somewhere_stays(edit: samples.Edit) -> None:
    assert read_paper(samples.pdf_of(edit)).removed == ()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (b"", "empty"),
        (b"MZ\x90 a program", "not a PDF, JPEG or PNG"),
        (b"<html><script>alert(1)</script></html>", "not a PDF, JPEG or PNG"),
        (b"%PDF-1.7 and then nothing", "damaged"),
        (b"\xff\xd8\xff\xe0 no picture", "damaged"),
        (samples.picture_of("GIF"), "not a PDF, JPEG or PNG"),
        (samples.pdf_of(samples.carries_a_file), "carries other files"),
        (samples.pdf_of(samples.is_drawn_by_a_program), "drawn|draws"),
        (samples.pdf_of(encryption=pikepdf.Encryption(owner="o", user="secret")), "locked"),
    ],
    ids=["empty", "program", "page", "broken pdf", "broken jpeg", "gif", "files", "xfa", "locked"],
)
def test_bad_file_is_refused_with_the_way_out(given: bytes, sentence: str) -> None:
    with pytest.raises(BadPaper, match=sentence):
        read_paper(given)


def test_pdf_that_only_forbids_printing_is_taken() -> None:
    paper = read_paper(samples.pdf_of(encryption=pikepdf.Encryption(owner="o", user="")))
    with pikepdf.open(io.BytesIO(paper.content)) as pdf:
        assert not pdf.is_encrypted


def test_too_many_bytes_are_refused_with_both_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "MOST_BYTES", 1024 * 1024)
    with pytest.raises(BadPaper, match="has 2 MB; at most 1 MB"):
        read_paper(b"%PDF" + bytes(2 * 1024 * 1024))


def test_too_many_pixels_are_refused_before_they_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "MOST_PIXELS", 100)
    with pytest.raises(BadPaper, match="60 x 40 pixels"):
        read_paper(samples.picture_of())


def test_pdf_is_no_picture_of_a_card() -> None:
    with pytest.raises(BadPaper, match="not a JPEG or PNG picture"):
        read_paper(samples.pdf_of(), pictures_only=True)


def test_place_and_comment_of_a_photo_are_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "SAMPLE Joan"  # turned by a quarter; a description
    given = samples.picture_of(exif=exif) + b"<?php trailing(); ?>"
    paper = read_paper(given)
    assert b"SAMPLE" not in paper.content
    assert b"php" not in paper.content
    with Image.open(io.BytesIO(paper.content)) as written:
        assert written.size == (40, 60)
        assert not written.getexif()


@pytest.mark.parametrize("given", [samples.pdf_of(samples.runs_a_script), samples.picture_of("PNG")])
def test_same_file_is_stored_as_the_same_bytes(given: bytes) -> None:
    assert read_paper(given) == read_paper(given)


BASES = [
    samples.pdf_of(samples.launches_a_program),
    samples.pdf_of(samples.carries_a_file),
    samples.picture_of(),
    samples.picture_of("PNG"),
]


@given(st.sampled_from(BASES), st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=4)), max_size=8))
@settings(max_examples=150)
def test_damaged_file_is_read_or_refused_and_nothing_else(
    base: bytes, wounds: list[tuple[int, bytes]]
) -> None:
    damaged = bytearray(base)
    for place, junk in wounds:
        damaged[place % len(damaged) : place % len(damaged) + len(junk)] = junk
    try:
        assert read_paper(bytes(damaged)).pages >= 1
    except BadPaper as refused:
        assert str(refused)
