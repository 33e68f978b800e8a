"""On which page a finding of ``readiness`` is mended, by the field that it names."""

from django.urls import reverse

from patients.models import Payer

_PROVIDER = {
    "billing_provider",
    "npi",
    "tax_id",
    "taxonomy",
    "address",
    "postal_code",
    "contact_name",
    "accepts_assignment",
}


def mended_on(field: str, payer: Payer) -> str:
    """The address of the page; every other field stands in the payer's profile."""
    if field in _PROVIDER:
        return reverse("courses:setup-provider")
    if field.startswith("practitioner"):
        return reverse("courses:setup-practitioners")
    if field == "fee_schedule":
        return reverse("courses:setup-fees")
    if field == "payer_id":
        return reverse("patients:payer-edit", args=[payer.code])
    return reverse("courses:setup-profile", args=[payer.code])
