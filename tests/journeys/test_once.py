"""The thread without a browser, as ``make demo-once`` runs it: everything real, nothing left behind."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from pypdf import PdfReader

ROOT = Path(__file__).parents[2]


def test_thread_runs_once_from_referral_to_packet(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL", "EECP_VAR"}}
    result = subprocess.run(
        [sys.executable, "manage.py", "demo", "--once", "--out", str(tmp_path / "out")],
        cwd=ROOT,
        env=environment | {"ENVIRONMENT": "development"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["packet.pdf", "summary.json"]
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    packet = (tmp_path / "out/packet.pdf").read_bytes()
    assert hashlib.sha256(packet).hexdigest() == summary["packet"]["sha256"]
    assert summary["appointments"]["booked"] == 35
    assert [session["chunks"] for session in summary["sessions"]] == [3600, 3600]
    assert all(session["gap_seconds"] == 0 for session in summary["sessions"])
    # The sample ECG holds many ventricular ectopics, some of which the simulated console passes over.
    assert all(0.9 < session["trigger_sensitivity"] < 0.95 for session in summary["sessions"])
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "out/packet.pdf").pages)
    assert all(session["file_sha256"][:16] in text.replace("\n", "") for session in summary["sessions"])
    assert f"page 1 of {summary['packet']['pages']}" in text
