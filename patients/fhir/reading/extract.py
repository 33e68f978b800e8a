"""A FHIR R4 bundle, as bytes, into everything that a patient's record can take from it. PURE."""

from patients.fhir.reading.bundle import read_bundle
from patients.fhir.reading.clinical import read_workup
from patients.fhir.reading.found import Findings
from patients.fhir.reading.insurance import read_coverages
from patients.fhir.reading.person import deceased, read_person


def extract(data: bytes) -> Findings:
    """What the file says of one person, each value with its source.

    Raises
    ------
    patients.fhir.reading.bundle.BundleError
        Nothing can be read from the file; the text says why and what to ask the sender for.
    """
    bundle = read_bundle(data)
    person, remarks = read_person(bundle.patient)
    coverages, about_coverage = read_coverages(bundle)
    workup, about_workup = read_workup(bundle)
    return Findings(
        person=person,
        deceased=deceased(bundle.patient.resource),
        coverages=coverages,
        workup=workup,
        remarks=(*remarks, *about_coverage, *about_workup),
        report=bundle.report,
    )
