"""A weight as the scale shows it: kilograms, or pounds where the nurse writes so."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.treatment.limits import KG_PER_LB

_TENTH = Decimal("0.1")
_TYPED = re.compile(r"(?P<number>[0-9]{1,4}(?:[.,][0-9]{1,3})?)\s*(?P<unit>kg|lbs?)?\.?", re.IGNORECASE)


class WeightField(forms.DecimalField):
    """'71.5' and '71.5 kg' are kilograms; '158 lb' is 71.7 kg, to a tenth, which is what is kept and shown."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.help_text = self.help_text or _("In pounds: write lb behind it, 158 lb.")

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs take a DecimalField for an IntegerField
        if value in self.empty_values or isinstance(value, Decimal):
            return super().to_python(value)
        typed = _TYPED.fullmatch(str(value).strip())
        if typed is None:
            raise ValidationError(_("Write the weight as 71.5 for kilograms, or as 158 lb."), code="invalid")
        number = Decimal(typed["number"].replace(",", "."))
        in_pounds = (typed["unit"] or "kg").lower().startswith("lb")
        return (number * KG_PER_LB).quantize(_TENTH) if in_pounds else number

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "text", "size": 8}


def with_pounds(kilograms: Decimal) -> str:
    """'71.5 (157.6 lb)'."""
    return f"{kilograms} ({(kilograms / KG_PER_LB).quantize(_TENTH)} lb)"
