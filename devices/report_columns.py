"""Columns that PostgreSQL itself copies out of a report's JSON, so that lists need not read a hundred kilobytes a session.

They are generated and stored: nobody writes them, and none can differ from the report that it stands beside.
"""

from django.db.models import F, FloatField, Func, GeneratedField, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

#: The sentence of the first finding that capped the grade (devices/gating/grade.py); a cap of A takes nothing away.
_CAPPING = '$.findings[*] ? (@.cap != null && @.cap != "" && @.cap != "A").sentence'


def figure_column(group: str, name: str) -> "GeneratedField":
    """The value of one figure of devices/gating/report.py; null where the report has none."""
    return GeneratedField(
        expression=Cast(KT(f"report__{group}__{name}__value"), FloatField()),
        output_field=FloatField(null=True),
        db_persist=True,
        null=True,
    )


def capping_column() -> "GeneratedField":
    """Why the grade is no better, in the report's own words; null where nothing capped it."""
    return GeneratedField(
        expression=Func(
            F("report"),
            template=f"(jsonb_path_query_first(%(expressions)s, '{_CAPPING}') #>> '{{}}')",
            output_field=TextField(),
        ),
        output_field=TextField(null=True),
        db_persist=True,
        null=True,
    )
