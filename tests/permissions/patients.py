"""Rows of the room ``patients``. Forms are sent empty: 422 means that the role was let in and the form refused."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from patients import services
from patients.fhir.services import take_chart
from tests import factories
from tests.patients.fhir.bundles import a_patient, bundle_bytes
from tests.patients.paper_samples import pdf_of
from tests.permissions.table import Row, everybody, only
from tests.permissions.world import World

A_LIST = b"Last name,First name,Date of birth,MRN\nListed,Ada,1950-01-31,L-1\n"
REGISTERS = ("nurse", "physician", "front_desk", "administrator")
EDITS = ("nurse", "physician", "front_desk")
KEEPS_COVERAGES = (*EDITS, "billing")
MERGES = ("nurse", "physician", "administrator")
CLINICAL = ("nurse", "physician")
READS_CLINICAL = ("nurse", "physician", "billing", "administrator")
KEEPS_PAYERS = ("billing", "administrator")
GIVES_NOTICES = ("nurse", "physician", "front_desk", "billing")


def extend(world: World) -> None:
    """A paper, an approval, a second record, a third that was merged, a list and a file that wait."""
    patient, nurse = world["patient"], world.users["nurse"]
    by: dict[str, Any] = {"actor": nurse, "now": timezone.now()}
    third = factories.make_patient(world.clinic, "Third")
    world.things |= {
        "document": services.add_document(patient=patient, kind="referral", given=pdf_of(), **by),
        "authorization": factories.make_authorization(world["coverage"]),
        "second": factories.make_patient(world.clinic, "Second"),
        "merge": services.merge_patients(kept=patient, merged=third, reason="Same card", **by),
        "list": services.take_list(clinic=world.clinic, given=A_LIST, **by)[0],
        "chart": take_chart(
            clinic=world.clinic, file_name="sample.json", data=bundle_bytes(a_patient()), **by
        ),
    }


def patient(world: World) -> list[str]:
    return [world["patient"].code]


def coverage(world: World) -> list[str]:
    return [*patient(world), world["coverage"].code]


def workup(world: World) -> list[str]:
    return [*patient(world), world["assessment"].workup.code]


def decision(world: World) -> list[str]:
    return [*patient(world), world["assessment"].code]


def payer(world: World) -> list[str]:
    return [world["coverage"].payer.code]


def once(world: World, name: str, make: Callable[..., Any]) -> str:
    """The code of a thing that is made when a row first asks for it."""
    if name not in world.things:
        world.things[name] = make(world["patient"], world.users["nurse"])
    return str(world[name].code)


def screening(world: World) -> list[str]:
    return [*patient(world), once(world, "screening", factories.make_screening), "bleeding"]


def notice(world: World) -> list[str]:
    return [*patient(world), once(world, "notice", factories.make_notice)]


def determination(world: World) -> list[str]:
    return [*patient(world), once(world, "determination", factories.make_determination)]


def document(world: World) -> list[str]:
    return [*patient(world), world["document"].code]


def authorization(world: World) -> list[str]:
    return [*coverage(world), world["authorization"].code]


def both(world: World) -> list[str]:
    return [*patient(world), world["second"].code]


def merge(world: World) -> list[str]:
    return [*patient(world), world["merge"].code]


def waiting(world: World) -> list[str]:
    return [world["list"].code]


def form(world: World) -> dict[str, str]:
    return {"patient": world["patient"].code}


def chart(world: World) -> list[str]:
    return [world["chart"].code]


ROWS = [
    Row("patients:list", everybody()),
    Row("patients:chart-upload", only(*CLINICAL)),
    Row("patients:chart-upload", only(*CLINICAL, status=422), method="post", outsider=422),
    Row("patients:chart", only(*CLINICAL), args=chart),
    Row("patients:chart", only(*CLINICAL, status=422), method="post", args=chart),
    Row("patients:chart-discard", only(*CLINICAL, status=302), method="post", args=chart),
    Row("patients:register", only(*REGISTERS)),
    Row("patients:register", only(*REGISTERS, status=422), method="post", outsider=422),
    Row("patients:detail", everybody(), args=patient),
    Row("patients:edit", only(*EDITS), args=patient),
    Row("patients:edit", only(*EDITS, status=422), method="post", args=patient, data=form),
    Row("patients:coverage", everybody(), args=coverage),
    Row("patients:coverage-add", only(*KEEPS_COVERAGES), args=patient),
    Row("patients:coverage-add", only(*KEEPS_COVERAGES, status=422), method="post", args=patient, data=form),
    Row("patients:coverage-edit", only(*KEEPS_COVERAGES), args=coverage),
    Row(
        "patients:coverage-edit", only(*KEEPS_COVERAGES, status=422), method="post", args=coverage, data=form
    ),
    Row("patients:coverage-card", only(*KEEPS_COVERAGES), args=coverage),
    Row(
        "patients:coverage-card", only(*KEEPS_COVERAGES, status=422), method="post", args=coverage, data=form
    ),
    Row("patients:coverage-verify", only(*KEEPS_COVERAGES), args=coverage),
    Row(
        "patients:coverage-verify",
        only(*KEEPS_COVERAGES, status=422),
        method="post",
        args=coverage,
        data=form,
    ),
    Row("patients:authorization-add", only(*KEEPS_COVERAGES), args=coverage),
    Row(
        "patients:authorization-add",
        only(*KEEPS_COVERAGES, status=422),
        method="post",
        args=coverage,
        data=form,
    ),
    Row("patients:authorization-edit", only(*KEEPS_COVERAGES), args=authorization),
    Row(
        "patients:authorization-edit",
        only(*KEEPS_COVERAGES, status=422),
        method="post",
        args=authorization,
        data=form,
    ),
    Row("patients:document-add", only(*KEEPS_COVERAGES), args=patient),
    Row("patients:document-add", only(*KEEPS_COVERAGES, status=422), method="post", args=patient, data=form),
    Row("patients:document", everybody(), args=document),
    Row("patients:document-withdraw", only(*KEEPS_COVERAGES), args=document),
    Row(
        "patients:document-withdraw",
        only(*KEEPS_COVERAGES, status=422),
        method="post",
        args=document,
        data=form,
    ),
    Row("patients:merge-choose", only(*MERGES), args=patient),
    Row("patients:merge", only(*MERGES), args=both),
    Row("patients:merge", only(*MERGES, status=422), method="post", args=both, data=form),
    Row("patients:merge-undo", only(*MERGES), args=merge),
    Row("patients:merge-undo", only(*MERGES, status=302), method="post", args=merge, data=form),
    Row("patients:imports", only(*MERGES)),
    Row("patients:imports", only(*MERGES, status=422), method="post", outsider=422),
    Row("patients:import", only(*MERGES), args=waiting),
    Row("patients:import", only(*MERGES, status=302), method="post", args=waiting),
    Row("patients:import-discard", only(*MERGES, status=302), method="post", args=waiting),
    Row("patients:payers", everybody()),
    Row("patients:payer-add", only(*KEEPS_PAYERS)),
    Row("patients:payer-add", only(*KEEPS_PAYERS, status=422), method="post", outsider=422),
    Row("patients:payer-edit", only(*KEEPS_PAYERS), args=payer),
    Row("patients:payer-edit", only(*KEEPS_PAYERS, status=422), method="post", args=payer),
    Row("patients:workup-add", only(*CLINICAL), args=patient),
    Row("patients:workup-add", only(*CLINICAL, status=422), method="post", args=patient, data=form),
    Row("patients:workup", only(*READS_CLINICAL), args=workup),
    Row("patients:assess", only(*CLINICAL), args=patient),
    Row("patients:assess", only(*CLINICAL, status=422), method="post", args=patient, data=form),
    Row("patients:assessment", only(*READS_CLINICAL), args=decision),
    Row("patients:assessment-sign", only("physician", status=422), method="post", args=decision, data=form),
    Row("patients:indications", everybody()),
    Row("patients:codes", only(*READS_CLINICAL)),
    Row("patients:determinations", everybody()),
    Row("patients:safety", only(*READS_CLINICAL), args=patient),
    Row("patients:safety-add", only(*CLINICAL), args=patient),
    Row("patients:safety-add", only(*CLINICAL, status=422), method="post", args=patient, data=form),
    Row("patients:safety-override", only("physician"), args=screening),
    Row("patients:safety-override", only("physician", status=422), method="post", args=screening, data=form),
    Row("patients:notices", everybody(), args=patient),
    Row("patients:notice-add", only(*GIVES_NOTICES), args=patient),
    Row("patients:notice-add", only(*GIVES_NOTICES, status=422), method="post", args=patient, data=form),
    Row("patients:notice", everybody(), args=notice),
    Row("patients:notice-sheet", everybody(), args=notice),
    Row("patients:notice-answer", only(*GIVES_NOTICES, status=422), method="post", args=notice, data=form),
    Row("patients:determination-add", only(*GIVES_NOTICES), args=patient),
    Row(
        "patients:determination-add", only(*GIVES_NOTICES, status=422), method="post", args=patient, data=form
    ),
    Row("patients:determination-answer", only(*GIVES_NOTICES), args=determination),
    Row(
        "patients:determination-answer",
        only(*GIVES_NOTICES, status=422),
        method="post",
        args=determination,
        data=form,
    ),
]
