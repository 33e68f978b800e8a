"""The FHIR R4 API: read and search, one patient with everything, and what the API can."""

from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from courses.fhir.everything import everything as everything_of
from courses.fhir.registry import TYPES
from eecp_clinic import audit
from eecp_clinic.errors import NotFound
from eecp_clinic.fhir.capability import capability
from eecp_clinic.fhir.http import MEDIA_TYPE, open_view, require, staff_only
from eecp_clinic.fhir.parameters import Given
from eecp_clinic.fhir.resources import Json
from eecp_clinic.fhir.search import read_search, run, searchset
from eecp_clinic.fhir.types import Asked, ResourceType
from eecp_clinic.roles import StaffRequest
from patients.access import get_patient
from patients.roles import READS_CLINICAL

BY_NAME = {kind.name: kind for kind in TYPES}
BASE = "/fhir/R4/"


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri(BASE)


@open_view
def metadata(request: HttpRequest) -> Json:
    """For anybody: it says what the API can and nothing of a patient."""
    return capability(TYPES, _base(request))


@staff_only
def search(request: HttpRequest, kind: str) -> Json:
    resource_type = BY_NAME[kind]
    staff = require(request, resource_type.roles)
    # As a list in the order of the address: a parameter that is given twice has to hold twice.
    query = parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True)
    strict = "handling=strict" in request.headers.get("Prefer", "").replace(" ", "")
    base = _base(request)
    asked = read_search(resource_type, query, zone=staff.clinic.zone, base=base, strict=strict)
    page = run(resource_type, staff.clinic, asked)
    # Names of parameters only: their values may be a person's name.
    by = sorted({one.parameter.name for one in asked.asked})
    _audit(staff, "fhir.searched", kind, by=by, found=[resource["id"] for resource in page.resources])
    return searchset(resource_type, asked, page, base)


@staff_only
def read(request: HttpRequest, kind: str, code: str) -> Json:
    resource_type = BY_NAME[kind]
    staff = require(request, resource_type.roles)
    found = _one(resource_type, staff, code)
    _audit(staff, "fhir.read", f"{kind}/{code}")
    return found


def _one(kind: ResourceType, staff: StaffRequest, code: str) -> Json:
    by_id = next(one for one in kind.parameters if one.name == "_id")
    given = Given(code, "", staff.clinic.zone, "")
    # The parameter is a token, which a bar would split.
    page = (
        None
        if "|" in code or "\x00" in code
        else kind.rows.page(staff.clinic, [Asked(by_id, (given,))], 0, 1)
    )
    if page is None or not page.resources:
        raise NotFound(gettext("There is no such resource at this clinic."))
    return page.resources[0]


@staff_only
def everything(request: HttpRequest, code: str) -> Json:
    """What ``Patient/[id]/$everything`` answers; the same Bundle is the export of one patient."""
    staff = require(request, READS_CLINICAL)
    patient = get_patient(staff.clinic, code)
    bundle = everything_of(patient, _base(request), timezone.now())
    _audit(staff, "fhir.exported", f"Patient/{code}", resources=bundle["total"])
    return bundle


def export(request: HttpRequest, code: str) -> HttpResponse:
    """The same Bundle as a file to save, which carries no name of a person."""
    response = everything(request, code)
    if response.status_code == 200:
        response["Content-Disposition"] = f'attachment; filename="patient-{code}.fhir.json"'
        response["Content-Type"] = MEDIA_TYPE
    return response


@staff_only
def nothing(request: HttpRequest, rest: str) -> Json:
    names = ", ".join(BY_NAME)
    raise NotFound(
        gettext("There is no such address. The types of resource here: %(names)s.") % {"names": names}
    )


def _audit(staff: StaffRequest, action: str, what: str, **data: Any) -> None:
    audit.record(
        action, subject=f"fhir:{what}", actor=staff.user, clinic=staff.clinic, at=timezone.now(), **data
    )
