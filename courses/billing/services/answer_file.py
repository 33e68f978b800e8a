"""The file of a payer that is being read, and how its numbers are found among ours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from courses.billing.x12.reading import Finding, Interchange
from courses.models import Claim, ClaimFile
from eecp_clinic.models import Clinic, User


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """``name`` is where it is kept; ``actor`` None: nobody, the watched folder."""

    clinic: Clinic
    name: str
    sha256: str
    actor: User | None
    now: datetime

    def claim_file(self, number: str, of: Interchange) -> ClaimFile | None:
        """Our file of that control number; of several receivers, the one that answers."""
        if not (number.isascii() and number.isdigit()):
            return None
        found = list(ClaimFile.objects.of(self.clinic).filter(control_number=int(number)))
        answering = [file for file in found if file.receiver_id == of.sender.strip()]
        candidates = answering or found
        return candidates[0] if len(candidates) == 1 else None

    def claims(self, references: Iterable[str]) -> dict[str, Claim]:
        """Our claims by their numbers, which come back in capitals."""
        codes = {reference.lower() for reference in references}
        found = Claim.objects.of(self.clinic).filter(code__in=codes).select_related("course__clinic", "payer")
        return {claim.code: claim for claim in found}


def told(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """Findings as a row keeps them."""
    return [{"code": finding.code, "sentence": finding.sentence} for finding in findings]
