"""Dates as clinicians write them: the month as a word, so that 03/04 is never a question."""

DATE_FORMAT = "d-M-Y"
SHORT_DATE_FORMAT = "d-M-Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "d-M-Y H:i"
SHORT_DATETIME_FORMAT = "d-M-Y H:i"
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d-%b-%Y", "%m/%d/%Y"]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]
FIRST_DAY_OF_WEEK = 1
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
