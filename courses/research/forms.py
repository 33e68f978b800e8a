"""What is asked before a course leaves the clinic for research."""

from typing import TYPE_CHECKING

from django import forms

from courses.models import ResearchExport

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[ResearchExport]
else:
    ModelForm = forms.ModelForm


class ExportForm(ModelForm):
    class Meta:
        model = ResearchExport
        fields = ("reason", "deidentified")
