"""Forms of this stage."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from courses.models import ClaimLine


class DecisionForm(forms.Form):
    """Whether a session that ended early is billed, and why."""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=[("", _("Choose")), *ClaimLine.PartialDecision.choices]
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)


class TakeUpForm(forms.Form):
    """Why a warning that was set aside is taken up again."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        error_messages={"required": _("Write the reason: it is what an auditor will ask for.")},
    )


class AsideForm(TakeUpForm):
    """Why a warning is set aside, and whether on other lines of the course too."""

    alike = forms.BooleanField(required=False)

    def offer(self, others: int) -> None:
        """Ask about as many other lines that say the same; where there is none, ask nothing."""
        if not others:
            del self.fields["alike"]
            return
        label = ngettext(
            "Also on %(count)d other line of this course that says the same",
            "Also on %(count)d other lines of this course that say the same",
            others,
        )
        # Where the form was refused its fields are bound already, and each keeps the label that it had then.
        self["alike"].label = label % {"count": others}
