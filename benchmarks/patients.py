"""How long the list of patients takes, with 200 and with 20,000: ``make bench-patients``.

Whole requests through Django (session, roles, queries, template) without a network, by a logged-in nurse, on a database of
their own with PostgreSQL's usual settings. Words, pages and spellings are drawn by a seeded chance. The limit for the
slowest one in twenty (p95) with 20,000 patients is 60 ms, and no request may take more queries with 20,000 than with 200.
Every request is made several times: ``p95_ms`` is of all of them, ``p95_best_ms`` of each one's quickest, which says more
where other programs use the machine. The last line is JSON. Options: ``--patients 20000``, ``--rounds 20``, ``--repeats 3``.
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.ingest_place import database

if TYPE_CHECKING:
    from django.test import Client

    from eecp_clinic.models import Clinic

FEW = 200
LIMIT_MS = 60.0
FAMILY = (
    "Sample",
    "Specimen",
    "Example",
    "Testerman",
    "Mockingbird",
    "Placebo",
    "Dummy",
    "Control",
    "Baseline",
    "Trial",
)
ENDINGS = (
    "",
    "son",
    "berg",
    "-Fakename",
    "ini",
    "escu",
    "ova",
    "sen",
    "mann",
    "field",
    "worth",
    "ley",
    "ton",
    "kova",
)
GIVEN = (
    "Joan",
    "Otto",
    "Mary",
    "Luis",
    "Agnes",
    "Minh",
    "Ilse",
    "Peter",
    "Rosa",
    "Ivan",
    "Dolores",
    "Kofi",
    "Xenia",
)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def fill(size: int) -> "Clinic":
    """A clinic with that many patients, each with a coverage, one in three with a decision."""
    from django.db import connection

    from eecp_clinic.models import Clinic
    from eecp_clinic.roles import Role
    from patients.models import Coverage, EligibilityAssessment, Patient, Payer, Workup
    from tests import factories

    chance = random.Random(size)  # noqa: S311 - invented people
    clinic = factories.make_clinic(name=f"Clinic of {size}", address=f"{size} Example Street")
    nurse = factories.make_user(clinic, Role.NURSE, f"nurse{size}", "Nora", "Nurse-Example", "RN")
    born = date(1930, 1, 1)
    people = Patient.objects.bulk_create(
        [
            Patient(
                clinic=clinic,
                mrn=f"{size}-{number:06}",
                family_name=chance.choice(FAMILY) + chance.choice(ENDINGS),
                given_name=chance.choice(GIVEN),
                birth_date=born + timedelta(days=chance.randrange(15_000)),
                phone=f"312-555-{number % 10_000:04}",
            )
            for number in range(size)
        ],
        batch_size=2000,
    )
    payer = Payer.objects.create(clinic=clinic, name="Original Medicare", kind=Payer.Kind.ORIGINAL_MEDICARE)
    coverages = Coverage.objects.bulk_create(
        [Coverage(patient=p, payer=payer, member_id="1EG4TE5MK73", starts_on=born) for p in people],
        batch_size=2000,
    )
    now = datetime.now(UTC)
    third = list(zip(people, coverages, strict=True))[::3]
    workups = Workup.objects.bulk_create(
        [Workup(patient=patient, recorded_by=nurse, recorded_at=now) for patient, _ in third], batch_size=2000
    )
    EligibilityAssessment.objects.bulk_create(
        [
            EligibilityAssessment(
                patient=patient,
                workup=workup,
                coverage=coverage,
                facts={},
                decision={},
                verdict="covered",
                pathway="covered",
                made_by=nurse,
                made_at=now,
            )
            for (patient, coverage), workup in zip(third, workups, strict=True)
        ],
        batch_size=2000,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return Clinic.objects.get(pk=clinic.pk)


def requests(size: int, rounds: int) -> Iterator[tuple[str, dict[str, str]]]:
    """What people ask of the list, by kind."""
    chance = random.Random(7)  # noqa: S311 - invented people
    for _ in range(rounds):
        family = chance.choice(FAMILY) + chance.choice(ENDINGS)
        number = chance.randrange(size)
        yield "first page", {}
        yield "any page", {"page": str(chance.randrange(1, max(2, size // 25)))}
        yield "family name", {"q": family}
        yield "two words", {"q": f"{family} {chance.choice(GIVEN)}"}
        yield "part of a name", {"q": family[1:5]}
        yield "two letters", {"q": family[:2]}
        yield "MRN", {"q": f"{size}-{number:06}"}
        yield "phone", {"q": f"(312) 555-{number % 10_000:04}"}
        yield "date of birth", {"q": f"{chance.randrange(1, 13):02}/15/1950"}
        yield "misspelled", {"q": family[:3] + family[4:] + "x"}


def measure(size: int, rounds: int, repeats: int) -> tuple[dict[str, list[list[float]]], dict[str, int]]:
    """By kind of request: milliseconds of each one's repeats, and the greatest number of queries."""
    client = _client(size)
    get: Callable[[dict[str, str]], Any] = lambda words: client.get("/patients/", words)  # noqa: E731
    for _, words in list(requests(size, 2)):
        get(words)  # warm: templates, plans, the database's cache
    took: dict[str, list[list[float]]] = {}
    queries: dict[str, int] = {}
    for kind, words in requests(size, rounds):
        took.setdefault(kind, []).append([_once(lambda words=words: get(words)) for _ in range(repeats)])  # type: ignore[misc]
    for kind, words in requests(size, 4):
        queries[kind] = max(queries.get(kind, 0), _count(lambda words=words: get(words)))  # type: ignore[misc]
    return took, queries


def _once(get: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    answer = get()
    took = 1000 * (time.perf_counter() - begin)
    assert answer.status_code == 200, answer.status_code  # noqa: S101
    return took


def _client(size: int) -> "Client":
    from django.test import Client

    from eecp_clinic.models import User

    client = Client()
    client.force_login(User.objects.get(username=f"nurse{size}"))
    return client


def _count(run: Callable[[], object]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        run()
    return len(captured)


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def all_of(took: list[list[float]]) -> list[float]:
    return [ms for repeats in took for ms in repeats]


def best_of(took: list[list[float]]) -> list[float]:
    return [min(repeats) for repeats in took]


def report(
    size: int,
    few: tuple[dict[str, list[list[float]]], dict[str, int]],
    many: tuple[dict[str, list[list[float]]], dict[str, int]],
) -> dict[str, object]:
    """Print a line a kind; what the last line says."""
    say(f"{'':<16}{f'p95 of {FEW}':>14}{f'p95 of {size}':>16}{'best':>14}{'queries':>10}")
    for kind, took in many[0].items():
        before, queries = all_of(few[0][kind]), f"{few[1][kind]}, {many[1][kind]}"
        say(
            f"{kind:<16}{p95(before):>11.1f} ms{p95(all_of(took)):>13.1f} ms"
            f"{p95(best_of(took)):>11.1f} ms{queries:>10}"
        )
    every_few = [repeats for took in few[0].values() for repeats in took]
    every = [repeats for took in many[0].values() for repeats in took]
    most = max(few[1].values()), max(many[1].values())
    return {
        "patients": size,
        "p95_ms": round(p95(all_of(every)), 1),
        "p95_best_ms": round(p95(best_of(every)), 1),
        "p95_ms_200": round(p95(all_of(every_few)), 1),
        "p95_best_ms_200": round(p95(best_of(every_few)), 1),
        "ratio": round(p95(best_of(every)) / p95(best_of(every_few)), 2),
        "most_queries": most[1],
        "queries_grow": most[1] > most[0],
        "limit_ms": LIMIT_MS,
        "met": p95(all_of(every)) < LIMIT_MS,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    with database():
        for size in (FEW, options.patients):
            fill(size)
        few = measure(FEW, options.rounds, options.repeats)
        many = measure(options.patients, options.rounds, options.repeats)
    say(json.dumps(report(options.patients, few, many)))


if __name__ == "__main__":
    main()
