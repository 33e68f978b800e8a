"""TEMPORARY, never committed."""
from datetime import timedelta, date
from decimal import Decimal
from pathlib import Path
import pytest
from django.utils import timezone
from django.core.files.uploadedfile import SimpleUploadedFile
from courses.billing import services as s
from courses.models import *
from patients.models import Payer, Coverage
from eecp_clinic.models import User
from tests import factories
from tests.courses.courses_given import course_given
from tests.courses.billing.billing_given import *
from tests.courses.billing.books.money_given import *
from tests.courses.billing.books.test_overrides import everything_set_aside
from eecp_clinic.roles import Role

OUT = Path("/tmp/books/shots"); OUT.mkdir(exist_ok=True, parents=True)

def test_shots(login, live_server, clinic, nurse, physician, biller, administrator, transactional_db):
    given = course_given(clinic, nurse, physician)
    factories.add_role(biller, clinic, Role.ADMINISTRATOR)
    factories.add_role(biller, clinic, Role.PHYSICIAN)
    payer = given.course.patient.coverages.first().payer
    other = factories.make_payer(clinic, kind="commercial", name="Example Health Plan")
    make_profile(other)
    make_billing_provider(clinic)
    now = timezone.now()
    FEES = b"year,locality,code,modifier,amount\n2026,,G0166,,150.00\n2026,,G0166,76,140.00\n26,,G0166,,9\n2026,,office,,80\n"
    s.import_fees(clinic=clinic, payer=None, content=FEES, source="Price list of 01-Jan-2026", actor=biller, now=now)
    s.settle_billing_rules(clinic=clinic, values=dict(usual_sessions=35, months_between_courses=12, package_sessions=35, package_usd=Decimal("4200"), payment_terms="Due within 30 days by check or card. Sessions not given are paid back.", effective_on=clinic.day_of(now), reason="As our contractor wrote", source=""), actor=administrator, now=now)
    lines = [make_line(given, n) for n in range(10, 16)]; Session.objects.filter(course=given.course)
    at = now - timedelta(hours=1)
    claim = sent_claim(given, biller, *lines[:5], at=at)
    posted(given, biller, claim, lines[0], at=at)
    s.record_payment(course=given.course, values=dict(kind="payment", amount=Decimal("24.00"), received_on=clinic.day_of(now), method="check", reference="101", note=""), actor=biller, now=now)
    everything_set_aside(given, biller)
    later = date(2026, 11, 2)
    s.note_other_service(course=given.course, values=dict(service_date=clinic.day_of(now), hcpcs="93040", billed_by="elsewhere", separate_because=""), actor=biller, now=now) if False else None
    OtherService.objects.create(course=given.course, service_date=date(2026,11,30), hcpcs="93040", billed_by="elsewhere", recorded_by=biller, recorded_at=now)
    from tests.courses.courses_given import FIRST_HOUR
    LATER = now
    st = s.make_statement(course=given.course, actor=biller, now=FIRST_HOUR + timedelta(days=40))
    es = s.make_estimate(course=given.course, values=dict(sessions=35, first_day=date(2026,12,21), last_day=date(2027,2,9), by_package=False, separately="Echocardiogram before the course"), actor=biller, now=now)
    cover = given.course.patient.coverages.first()
    self_pay = factories.make_payer(clinic, kind="self_pay", name="Self-pay")
    Coverage.objects.filter(pk=cover.pk).update(payer=self_pay, medicare_beneficiary=False)
    inv = s.make_invoice(course=given.course, actor=biller, now=now)
    Coverage.objects.filter(pk=cover.pk).update(payer=payer)
    for name, paper in (("statement", st), ("estimate", es), ("invoice", inv)):
        (OUT / f"{name}.pdf").write_bytes(paper.file.read())
    page = login(biller.username)
    urls = {
        "setup": "/billing/setup/", "provider": "/billing/setup/provider/", "practitioners": "/billing/setup/practitioners/",
        "profile": f"/billing/setup/payers/{other.code}/", "fees": "/billing/setup/fees/", "rules": "/billing/rules/",
        "others": f"/courses/{given.course.code}/other-services/", "account": f"/courses/{given.course.code}/account/",
        "day": "/billing/day/", "overrides": "/billing/overrides/?month=2026-11", "line": f"/claims/lines/{lines[0].code}/",
    }
    import os
    only = os.environ.get("SHOTS", "").split(",") if os.environ.get("SHOTS") else urls
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1440, 768):
            page.set_viewport_size({"width": width, "height": 900})
            for name in only:
                page.goto(live_server.url + urls[name])
                page.screenshot(path=str(OUT / f"{name}-{width}-{scheme}.png"), full_page=True)
                wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
                if wide: print("WIDE", name, width)
    page.emulate_media(color_scheme="light"); page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(live_server.url + "/billing/setup/fees/")
    page.set_input_files("input[type=file]", files=[{"name": "f.csv", "mimeType": "text/csv", "buffer": FEES + b"2026,,99213,,90.00\n"}])
    page.fill("input[name=source]", "Price list")
    page.click("main button[type=submit]")
    page.screenshot(path=str(OUT / "preview-1440-light.png"), full_page=True)
    page.emulate_media(media="print")
    page.goto(live_server.url + "/billing/overrides/?month=2026-11")
    page.screenshot(path=str(OUT / "overrides-print.png"), full_page=True)
