"""Forms of this stage."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import ClaimLine


class DecisionForm(forms.Form):
    """Whether a session that ended early is billed, and why."""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=[("", _("Choose")), *ClaimLine.PartialDecision.choices]
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)
