"""Forms that say what they showed, so that two people may write into one record and neither loses a word.

``MergingForm`` is put before ModelForm or Form. The form must be given the stored values when it is bound as well as
when it is shown (``instance`` and ``initial``): what it showed travels with it, signed, in the hidden field ``base``.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from eecp_clinic.drafts.merge import Conflict as BothChanged
from eecp_clinic.drafts.merge import Merged, merge
from eecp_clinic.errors import Conflict

BASE = "base"
SALT = "eecp.drafts.base"
#: Texts of a choice of several lie side by side in one.
BESIDE = "\x1f"


class MergingForm(forms.BaseForm):
    """Saves what only this person changed, keeps what only another changed, and asks where both did."""

    data: Any  # a QueryDict, of which a copy may be changed

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hidden = forms.HiddenInput(attrs={"data-draft-base": ""})
        self.fields[BASE] = forms.CharField(required=False, widget=hidden, initial=self.token)
        self.merged: Merged | None = None

    @property
    def merging(self) -> dict[str, forms.Field]:
        return {name: field for name, field in self.fields.items() if name != BASE}

    def token(self) -> str:
        """What the record holds now, as this form shows it, signed."""
        return _signed(self.stored(), {})

    def stored(self) -> dict[str, str]:
        """The stored value of each field, in the canonical writing."""
        return {
            name: canonical(field, texts_of(field, self.get_initial_for_field(field, name)))
            for name, field in self.merging.items()
        }

    def full_clean(self) -> None:
        if self.is_bound and self.merged is None:
            self._merge()
        super().full_clean()
        if not self.is_bound:
            return
        self.cleaned_data.pop(BASE, None)
        if self.merged is not None:
            for name, conflict in self.merged.conflicts.items():
                self._ask(name, conflict)

    def require_unchanged(self, fresh: "MergingForm") -> None:
        """Refuse if what is stored is no longer what this form was merged with; ``fresh`` is made under the lock."""
        if self.merged is not None and fresh.stored() != self.stored():
            raise Conflict(
                _(
                    "Somebody saved this form in this very moment. Save again: what they changed is then shown."
                ),
                code="same_moment",
                fields={},
            )

    def taken_over(self) -> list[str]:
        """A sentence for each field in which what somebody else saved meanwhile was kept."""
        names = self.merged.taken_over if self.merged else ()
        return [
            _("%(field)s was saved meanwhile%(by)s, and is kept: %(value)s.")
            % {"field": self.fields[name].label, "by": self._by(), "value": self._words(name)}
            for name in names
        ]

    def _merge(self) -> None:
        shown = _read(self.data.get(self.add_prefix(BASE), ""))
        if shown is None:
            return  # not sent by a page of ours: taken as it is
        stored = self.stored()
        posted = {name: self._posted(name, field) for name, field in self.merging.items()}
        chosen = {name: self.data.get(f"{self.add_prefix(name)}-choice") for name in shown["seen"]}
        settled = {name: value for name, value in shown["seen"].items() if chosen[name]}
        posted |= {name: value for name, value in settled.items() if chosen[name] == "theirs"}
        self.merged = merge(shown["base"], stored, posted, settled)
        self._take(stored, [name for name in stored if self.merged.values[name] != posted[name]])
        self._take(stored, [name for name, choice in chosen.items() if choice == "theirs"])
        asked = self.merged.conflicts
        base = {
            name: shown["base"].get(name, "") if name in asked else value for name, value in stored.items()
        }
        self.data[self.add_prefix(BASE)] = _signed(base, {name: stored[name] for name in asked})

    def _posted(self, name: str, field: forms.Field) -> str:
        raw = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        return canonical(field, texts_of(field, raw))

    def _take(self, stored: dict[str, str], names: Iterable[str]) -> None:
        """Have these fields say what is stored, as if the person had typed it."""
        self.data = self.data.copy()
        for name in names:
            field = self.fields[name]
            texts = texts_of(field, self.get_initial_for_field(field, name))
            self.data.setlist(self.add_prefix(name), texts)

    def _ask(self, name: str, conflict: BothChanged) -> None:
        field = self.fields[name]
        field.conflict = {  # type: ignore[attr-defined]
            "mine": readable(field, conflict.mine),
            "theirs": readable(field, conflict.theirs),
            "name": f"{self.add_prefix(name)}-choice",
        }
        sentence = _("Changed meanwhile%(by)s. Nothing is overwritten: choose which to keep, then save.")
        self.add_error(name, sentence % {"by": self._by()})

    def _words(self, name: str) -> str:
        return readable(self.fields[name], self.stored()[name]) or _("empty")

    def _by(self) -> str:
        """' by Nora Nurse-Example, RN at 09:14', where the record knows who wrote it."""
        row = getattr(self, "instance", None)
        who, at = getattr(row, "recorded_by", None), getattr(row, "recorded_at", None)
        if who is None or at is None:
            return ""
        words = {"name": who.signing_name, "time": date_format(localtime(at), "TIME_FORMAT")}
        return _(" by %(name)s at %(time)s") % words


def texts_of(field: forms.Field, value: Any) -> list[str]:
    """A value as a browser sends it: a text for each thing that is chosen or typed, none for nothing."""
    value = field.prepare_value(value() if callable(value) else value)
    if isinstance(field, forms.BooleanField) and not isinstance(field, forms.NullBooleanField):
        return ["on"] if value not in (None, False, "", "False") else []
    if value is None:
        return []
    if isinstance(value, list | tuple | set):
        return [str(each) for each in value]
    return [str(value)]


def canonical(field: forms.Field, texts: list[str]) -> str:
    """One writing for all that mean the same ("71.50" and "71.5"); what the field cannot read stays as it is."""
    many = isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField)
    if many or not texts:
        return BESIDE.join(sorted(texts))
    try:
        value = field.to_python(texts[0])
    except ValidationError:
        return texts[0].strip()
    if value is None or (value is False and not isinstance(field, forms.NullBooleanField)):
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(getattr(value, "pk", value)).strip()


def readable(field: forms.Field, text: str) -> str:
    """A canonical value in the words of the form: the label of a choice, the number with its unit."""
    if isinstance(field, forms.BooleanField) and not isinstance(field, forms.NullBooleanField):
        return _("Yes") if text else _("No")
    choices: Any = getattr(field, "choices", None) or getattr(field.widget, "choices", ())
    labels = {canonical(field, [str(key)]): str(label) for key, label in choices}
    words = ", ".join(labels.get(part, part) for part in text.split(BESIDE))
    unit = getattr(field, "unit", "")
    return f"{words}\N{NO-BREAK SPACE}{unit}" if words and unit else words


def _signed(base: dict[str, str], seen: dict[str, str]) -> str:
    return signing.dumps({"base": base, "seen": seen}, salt=SALT, compress=True)


def _read(token: str) -> dict[str, dict[str, str]] | None:
    try:
        shown: dict[str, dict[str, str]] = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return shown
