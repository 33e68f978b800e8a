"""What is asked before a course leaves the clinic for research."""

from django import forms

from courses.models import ResearchExport


class ExportForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    class Meta:
        model = ResearchExport
        fields = ("reason", "deidentified")
