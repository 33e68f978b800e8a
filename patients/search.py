"""Finding patients: exactly as typed, else spelled alike. The number of queries does not depend on how many there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connection, transaction

from eecp_clinic.models import Clinic
from patients.access import with_coverages
from patients.models import Patient
from patients.search_words import read

PAGE_SIZE = 25
#: The share of a word's trigrams that a name must have. One wrong letter in a word of five leaves 0.5, in one of four
#: 0.4; at 0.3 strangers begin to appear.
LIKENESS = 0.4


@dataclass(frozen=True, slots=True)
class Found:
    """A page of patients; ``alike`` where nobody is spelled as typed and these are only close."""

    page: "Page[Any]"
    alike: bool = False


def find(clinic: Clinic, typed: str, page: str | None) -> Found:
    """The clinic's patients who have all that was typed, in the order of their names."""
    wanted = read(typed)
    found = with_coverages(Patient.objects.of(clinic).matching(wanted)).order_by(
        "family_name", "given_name", "birth_date", "pk"
    )
    exact = Paginator(found, PAGE_SIZE)
    if exact.count or not wanted.words:
        return Found(exact.get_page(page))
    with spelling_forgiven():
        likest = list(with_coverages(Patient.objects.of(clinic).alike(wanted))[:PAGE_SIZE])
    return Found(Paginator(likest, PAGE_SIZE).get_page(1), alike=True)


@contextmanager
def spelling_forgiven() -> Iterator[None]:
    """For the length of one transaction, words that share fewer trigrams count as alike."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKENESS)])
        yield
