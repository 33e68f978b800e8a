"""What a packet says and the record no longer does: values, and what was asked of a payer and answered."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from courses.billing.packet.links import Verdict
from eecp_clinic.signing import canonical

#: What the payer asked is final; the state of the claim and its answers come later.
_ASKED = ("line", "session", "service_date", "code", "modifiers", "place_of_service", "units", "charge_usd")


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at; ``where`` names it as a person would."""

    where: str
    verdict: Verdict
    sentence: str


def claims_differ(told: list[dict[str, Any]], again: list[dict[str, Any]]) -> Iterator[Found]:
    """Every line of every claim as it was asked."""
    now = {claim["code"]: claim for claim in again}
    for claim in told:
        found = now.get(claim["code"], {"lines": []})
        lines = {line["line"]: line for line in found["lines"]}
        for line in claim["lines"]:
            where = f"Claim {claim['code'].upper()}, line {line['line']}, session {line['session']}"
            if line["line"] not in lines:
                yield Found(where, Verdict.FAILS, "The claim no longer asks for this line.")
            elif wrong := [name for name in _ASKED if line[name] != lines[line["line"]][name]]:
                said = changed({n: line[n] for n in wrong}, {n: lines[line["line"]][n] for n in wrong})
                yield Found(where, Verdict.FAILS, said)
        if claim["code"] not in now:
            continue
        where = f"Claim {claim['code'].upper()}"
        gone = [
            one for one in claim["answers"] if not any(_same_answer(one, row) for row in found["answers"])
        ]
        for one in gone:
            said = f"The record no longer has the answer {one['kind']}: {one['said']}."
            yield Found(where, Verdict.FAILS, said)
        if (claim["state"], claim["answers"]) != (found["state"], found["answers"]) and not gone:
            yield Found(where, Verdict.GROWN, f"Its state is now: {found['state']}.")


def _same_answer(told: dict[str, Any], row: dict[str, Any]) -> bool:
    """The same file, read at the same moment, with the same numbers; the words around them are the program's."""
    fixed = all(told[name] == row[name] for name in ("kind", "at", "sha256"))
    numbers = _numbers(told["said"])
    return fixed and (told["said"] == row["said"] or (numbers != [] and numbers == _numbers(row["said"])))


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+(?:\.\d+)?", text.replace(",", ""))


def changed(told: Any, again: Any) -> str:
    """Which value was told in the packet and what the record says now, at most a few of them."""
    if isinstance(told, dict) and isinstance(again, dict):
        names = [name for name in told if told[name] != again.get(name)]
        pairs = [
            f"{words(name).lower()}: {_short(told[name])} → {_short(again.get(name))}" for name in names[:5]
        ]
        return f"The record says otherwise now: {'; '.join(pairs)}."
    return "The record says otherwise now."


def _short(value: Any) -> str:
    text = canonical({"value": value})[9:-1] if isinstance(value, dict | list) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def words(name: str) -> str:
    return name.replace("_", " ").capitalize()
