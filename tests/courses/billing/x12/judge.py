"""pyx12 as a judge that is not ours."""

import io
import logging
import tempfile
from pathlib import Path

import pyx12.params
import pyx12.x12n_document


def complaints(content: bytes) -> list[str]:
    """What pyx12 says against a file: the error segments of the 999 it writes; empty where it accepts."""
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    logging.getLogger("pyx12.x12n_document").setLevel(logging.CRITICAL)
    answer = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "judged.x12")
        path.write_bytes(content)
        ok = pyx12.x12n_document.x12n_document(
            param=pyx12.params.params(),
            src_file=str(path),
            fd_997=answer,
            fd_html=None,
            fd_xmldoc=None,
            fd_json=io.StringIO(),
        )
    said = [
        line for line in answer.getvalue().splitlines() if line[:3] in {"IK3", "IK4", "CTX", "IK5", "AK9"}
    ]
    return [] if ok else said or ["refused"]
