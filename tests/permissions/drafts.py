"""Rows of drafts: each is of a record that the person may open; those of a session are for who charts."""

from tests.permissions.table import Row, everybody, only
from tests.permissions.world import World

CLINICAL = ("nurse", "physician")


def session(world: World) -> list[str]:
    return [f"session:{world['session'].code}"]


def patient(world: World) -> list[str]:
    return [f"patient:{world['patient'].code}"]


ROWS = [
    Row("drafts:ping", everybody()),
    Row("drafts:subject", only(*CLINICAL), args=session),
    Row("drafts:subject", everybody(), args=patient),
    # Without the page's own word on whose page it is, nothing is written: 409 for everybody who is let in.
    Row("drafts:here", everybody(409), method="post", args=session, outsider=409),
    Row("drafts:form", everybody(409), method="post", args=lambda w: [*session(w), "before"], outsider=409),
]
