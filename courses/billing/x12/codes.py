"""Codes of payers' answers in words. PURE; the tables stand in ``codes.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from courses.billing.x12.acknowledgements import InterchangeAck
from courses.billing.x12.claim_status import StatusCode
from courses.billing.x12.remittance import Adjustment, ProviderAdjustment


class CodeTableError(ValueError):
    """A file of codes that cannot be used; the message names the table."""


class Table(StrEnum):
    GROUP = "group"
    CLAIM_STATUS = "claim_status"
    REASON = "carc"
    REMARK = "rarc"
    PROVIDER_ADJUSTMENT = "provider_adjustment"
    STATUS_CATEGORY = "status_category"
    STATUS = "status"
    ENTITY = "entity"
    SEGMENT_ERROR = "segment_error"
    ELEMENT_ERROR = "element_error"
    INTERCHANGE_NOTE = "interchange_note"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A code and its words; ``is_known`` False: the code is kept and its words say so."""

    code: str
    words: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class CodeBook:
    tables: Mapping[Table, Mapping[str, str]]

    def meaning(self, table: Table, code: str) -> Meaning:
        words = self.tables[table].get(code.upper())
        if words is None:
            return Meaning(code, "Not in our list of codes. Look it up at x12.org/codes.", is_known=False)
        return Meaning(code, words, is_known=True)

    def adjustment(self, of: Adjustment) -> Meaning:
        """'CO-45': the reason, and who bears it."""
        reason, group = self.meaning(Table.REASON, of.reason), self.meaning(Table.GROUP, of.group)
        known = reason.is_known and group.is_known
        return Meaning(f"{of.group}-{of.reason}", f"{reason.words} {group.words}", known)

    def provider_adjustment(self, of: ProviderAdjustment) -> Meaning:
        return self.meaning(Table.PROVIDER_ADJUSTMENT, of.reason)

    def status(self, of: StatusCode) -> Meaning:
        """'A7:562:85': what became of the claim, and which piece of information it is about, and whose."""
        category = self.meaning(Table.STATUS_CATEGORY, of.category)
        written, words, known = of.category, category.words, category.is_known
        if of.status:
            status = self.meaning(Table.STATUS, of.status)
            written, words, known = (
                f"{written}:{of.status}",
                f"{words} {status.words}",
                known and status.is_known,
            )
        if of.entity:
            entity = self.meaning(Table.ENTITY, of.entity)
            known = known and entity.is_known
            named = entity.words if entity.is_known else of.entity
            written, words = f"{written}:{of.entity}", f"{words} The party named: {named}."
        return Meaning(written, words, known)

    def interchange(self, of: InterchangeAck) -> Meaning:
        return self.meaning(Table.INTERCHANGE_NOTE, of.note)


def parse_codes(text: str) -> CodeBook:
    """The tables of a file. Raises CodeTableError where one is missing or holds something else than words."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CodeTableError(f"The file of codes is not TOML: {error}.") from None
    if unknown := set(data) - set(Table):
        raise CodeTableError(
            f"The file of codes has a table that nothing reads: {', '.join(sorted(unknown))}."
        )
    return CodeBook({table: _table(data, table) for table in Table})


def _table(data: Mapping[str, object], table: Table) -> Mapping[str, str]:
    found = data.get(table)
    if not isinstance(found, dict):
        raise CodeTableError(f"The file of codes has no table [{table}].")
    for code, words in found.items():
        if not isinstance(words, str) or not words.strip():
            raise CodeTableError(f"[{table}] {code}: write what it means, in quotes.")
    return {code.upper(): words for code, words in found.items()}
