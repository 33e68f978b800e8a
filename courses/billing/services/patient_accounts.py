"""What a patient is given on paper about money: made once, and kept with its hash."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext

from courses.billing.asking import SESSION_CODE, charge_of
from courses.billing.books.account import plain, statement_of
from courses.billing.books.estimate import EstimateRules, Item, NoEstimate, items_of, refuse_period
from courses.billing.books.packaged_rules import estimate_rules_of
from courses.billing.books.papers import lay_out
from courses.models import BillingPaper, BillingProvider, BillingRules, Course
from eecp_clinic import audit
from eecp_clinic.errors import Conflict
from eecp_clinic.kept_files import read_kept
from eecp_clinic.models import User
from eecp_clinic.roles import Role, require_role
from patients.banner import primary_coverage
from patients.models import Coverage, Payer
from patients.services.records import check, refusal

#: Who gives papers about money and takes money.
KEEPS_ACCOUNTS = (Role.BILLING, Role.FRONT_DESK)


@transaction.atomic
def make_statement(*, course: Course, actor: User, now: datetime) -> BillingPaper:
    """The statement of a course as its account stands. Raises NotAllowed, Conflict (nothing given, nobody bills)."""
    provider = _begin(course, actor)
    statement = statement_of(course, now)
    if not statement.services and not statement.entries:
        raise Conflict(
            gettext("No session was given yet, so there is nothing to state."), code="nothing_given"
        )
    paper = _paper(course, BillingPaper.Kind.STATEMENT, statement.balance, plain(statement), actor, now)
    return _keep(paper, provider, actor, now, statement=statement)


@transaction.atomic
def make_invoice(*, course: Course, actor: User, now: datetime) -> BillingPaper:
    """The invoice of the clinic's self-pay package.

    Raises NotAllowed, Conflict: no package is settled, there is an invoice already, or the patient may not be asked to
    pay alone.
    """
    provider = _begin(course, actor)
    rules = BillingRules.objects.in_force(course.clinic, now)
    if rules.package_usd is None or rules.package_sessions is None:
        raise Conflict(
            gettext(
                "The clinic has settled no self-pay package. An administrator settles it in the billing rules."
            ),
            code="no_package",
        )
    day = course.clinic.day_of(now)
    _refuse_who_may_not_pay(primary_coverage(course.patient, day))
    if course.billing_papers.filter(kind=BillingPaper.Kind.INVOICE, cancelled_by__isnull=True).exists():
        raise Conflict(
            gettext("This course has an invoice already. Take that one back with a credit note first."),
            code="invoiced",
        )
    facts = {
        "sessions": rules.package_sessions,
        "code": SESSION_CODE,
        "usd": str(rules.package_usd),
        "terms": rules.payment_terms,
    }
    paper = _paper(course, BillingPaper.Kind.INVOICE, rules.package_usd, facts, actor, now)
    return _keep(paper, provider, actor, now, facts=facts)


@transaction.atomic
def cancel_invoice(*, invoice: BillingPaper, reason: str, actor: User, now: datetime) -> BillingPaper:
    """The credit note that takes an invoice back. Raises NotAllowed, InvalidInput, Conflict."""
    if invoice.course is None or invoice.kind != BillingPaper.Kind.INVOICE:
        raise Conflict(gettext("Only an invoice is taken back by a credit note."), code="no_invoice")
    provider = _begin(invoice.course, actor)
    if not reason.strip():
        raise refusal({"reason": [gettext("Write the reason: it stands on the credit note.")]})
    if BillingPaper.objects.filter(cancels=invoice).exists():
        raise Conflict(gettext("This invoice was taken back already."), code="cancelled")
    facts = {**invoice.facts, "invoice": invoice.code, "reason": reason.strip()}
    paper = _paper(invoice.course, BillingPaper.Kind.CREDIT, invoice.amount, facts, actor, now)
    paper.cancels = invoice
    return _keep(paper, provider, actor, now, facts=facts)


@transaction.atomic
def make_estimate(*, course: Course, values: Mapping[str, Any], actor: User, now: datetime) -> BillingPaper:
    """A good-faith estimate of ``sessions`` from ``first_day`` to ``last_day``; ``by_package``: at the package's price.

    Raises NotAllowed, InvalidInput (a value, or no price), Conflict (nobody bills).
    """
    provider = _begin(course, actor)
    rules = BillingRules.objects.in_force(course.clinic, now)
    law = estimate_rules_of(rules)
    package = rules.package_usd if values["by_package"] else None
    if values["by_package"] and (package is None or values["sessions"] != rules.package_sessions):
        sentence = gettext("The clinic has no package of that number of sessions. Choose the fee schedule.")
        raise refusal({"by_package": [sentence]})
    try:
        refuse_period(values["first_day"], values["last_day"], law)
        items = items_of(
            service=gettext(
                "External counterpulsation: one hour of treatment with pressure cuffs on the legs"
            ),
            code=SESSION_CODE,
            diagnoses=course.order.diagnoses,
            sessions=values["sessions"],
            charge=charge_of(course.clinic, values["first_day"]),
            package=package,
        )
    except NoEstimate as error:
        raise refusal({error.field: [str(error)]}) from error
    total = sum((item.expected for item in items), Decimal(0))
    facts = _estimate_facts(course, values, items, law)
    paper = _paper(course, BillingPaper.Kind.ESTIMATE, total, facts, actor, now)
    return _keep(paper, provider, actor, now, items=items, values=values, law=law, order=course.order)


def _estimate_facts(
    course: Course, values: Mapping[str, Any], items: tuple[Item, ...], law: EstimateRules
) -> dict[str, Any]:
    return {
        "items": [
            {
                "code": item.code,
                "diagnoses": list(item.diagnoses),
                "count": item.count,
                "each": None if item.each is None else str(item.each),
                "expected": str(item.expected),
            }
            for item in items
        ],
        "first_day": values["first_day"].isoformat(),
        "last_day": values["last_day"].isoformat(),
        "separately": values["separately"],
        "days_per_week": course.order.days_per_week,
        "sessions_per_day": course.order.sessions_per_day,
        "rules": law.version,
    }


def hand_out_paper(*, paper: BillingPaper, actor: User, now: datetime) -> bytes:
    """The bytes that were made. Raises NotFound, Conflict where the stored file is another."""
    content = read_kept(paper.file.name, paper.sha256)
    _note("billingpaper.downloaded", paper, actor, now, sha256=paper.sha256)
    return content


def _begin(course: Course, actor: User) -> BillingProvider:
    """Lock the account, and say in whose name the paper is. Raises NotAllowed, Conflict."""
    require_role(actor, course.clinic, *KEEPS_ACCOUNTS)
    Course.objects.select_for_update().get(pk=course.pk)
    provider = BillingProvider.objects.filter(clinic=course.clinic).first()
    if provider is None:
        raise Conflict(
            gettext("In whose name the clinic bills is not known. Enter it in the billing setup first."),
            code="provider_missing",
        )
    return provider


def _refuse_who_may_not_pay(coverage: Coverage | None) -> None:
    """Who is entitled to Medicare pays alone only by option 2 of an ABN, or after the plan's denial."""
    if coverage is None or coverage.payer.kind != Payer.Kind.SELF_PAY:
        raise Conflict(
            gettext("The coverage in force today is not self-pay. A package is for patients who pay alone."),
            code="not_self_pay",
        )
    asked_not_to_claim = coverage.abn_option == Coverage.AbnOption.TREAT_WITHOUT_CLAIM
    if coverage.medicare_beneficiary is None and not asked_not_to_claim:
        raise Conflict(
            gettext(
                "Whether the patient is entitled to Medicare is not known. Enter it in the coverage first."
            ),
            code="medicare_not_known",
        )
    if coverage.medicare_beneficiary and not asked_not_to_claim and coverage.ma_denial_on is None:
        raise Conflict(
            gettext(
                "The patient is entitled to Medicare: an invoice needs option 2 of a signed ABN, or the plan's denial notice."
            ),
            code="medicare",
        )


def _paper(
    course: Course, kind: str, amount: Decimal | None, facts: dict[str, Any], actor: User, now: datetime
) -> BillingPaper:
    return BillingPaper(
        kind=kind,
        patient=course.patient,
        course=course,
        amount=amount,
        facts=facts,
        made_by=actor,
        made_at=now,
    )


def _keep(
    paper: BillingPaper, provider: BillingProvider, actor: User, now: datetime, **shown: Any
) -> BillingPaper:
    document = lay_out(paper, provider=provider, patient=paper.patient, by=actor, at=now, **shown)
    paper.sha256 = hashlib.sha256(document.content).hexdigest()
    paper.pages = document.pages
    name = f"papers/{paper.patient.clinic.code}/{paper.code}.pdf"
    paper.file.name = default_storage.save(name, ContentFile(document.content))
    try:
        check(paper)
        paper.save(force_insert=True)
    except Exception:  # whatever failed is raised on; a file without its row must not stay
        default_storage.delete(paper.file.name)
        raise
    _note("billingpaper.made", paper, actor, now, kind=paper.kind, sha256=paper.sha256)
    return paper


def _note(action: str, paper: BillingPaper, actor: User, now: datetime, **data: object) -> None:
    clinic = paper.patient.clinic
    audit.record(action, subject=f"billingpaper:{paper.code}", actor=actor, clinic=clinic, at=now, **data)
