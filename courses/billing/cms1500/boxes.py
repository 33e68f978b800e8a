"""Where each box of the CMS-1500 (02/12) begins on the print grid. PURE.

The form is made for a line printer: ten characters an inch, six lines an inch. A box is a column (1 is the leftmost)
and a line of that grid, and how many characters it takes; in points (1/72 inch) from the lower left corner of a letter
page a character begins at x = 24 + 7.2 (column - 1), y = 772 - 12 line. The form itself is the NUCC's and bought in red;
only data are printed. A key begins with the number of the box as it stands on the form.
"""

from dataclasses import dataclass

LEFT_POINTS, TOP_POINTS, COLUMN_POINTS, LINE_POINTS = 24.0, 772.0, 7.2, 12.0
#: Print lines of the six service lines; the shaded line above each is left empty.
SERVICE_LINES = (44, 46, 48, 50, 52, 54)


@dataclass(frozen=True, slots=True)
class Box:
    column: int
    line: int
    width: int

    @property
    def x(self) -> float:
        return LEFT_POINTS + COLUMN_POINTS * (self.column - 1)

    @property
    def y(self) -> float:
        return TOP_POINTS - LINE_POINTS * self.line


_ONCE: dict[str, Box] = {
    "0 payer": Box(43, 1, 29),
    "0 payer's street": Box(43, 2, 29),
    "0 payer's second line": Box(43, 3, 29),
    "0 payer's city": Box(43, 4, 29),
    "1 Medicare": Box(1, 8, 1),
    "1 Medicaid": Box(8, 8, 1),
    "1 TRICARE": Box(15, 8, 1),
    "1 CHAMPVA": Box(24, 8, 1),
    "1 Group": Box(31, 8, 1),
    "1 FECA": Box(39, 8, 1),
    "1 Other": Box(45, 8, 1),
    "1a": Box(50, 8, 29),
    "2": Box(1, 10, 28),
    "3 month": Box(31, 10, 2),
    "3 day": Box(34, 10, 2),
    "3 year": Box(37, 10, 4),
    "3 M": Box(42, 10, 1),
    "3 F": Box(47, 10, 1),
    "4": Box(50, 10, 29),
    "5 street": Box(1, 12, 28),
    "5 city": Box(1, 14, 24),
    "5 state": Box(26, 14, 2),
    "5 ZIP": Box(1, 16, 12),
    "5 area": Box(15, 16, 3),
    "5 phone": Box(19, 16, 9),
    "6 Self": Box(33, 12, 1),
    "6 Spouse": Box(38, 12, 1),
    "6 Child": Box(42, 12, 1),
    "6 Other": Box(47, 12, 1),
    "7 street": Box(50, 12, 29),
    "7 city": Box(50, 14, 22),
    "7 state": Box(74, 14, 2),
    "7 ZIP": Box(50, 16, 12),
    "9": Box(1, 18, 28),
    "9a": Box(1, 20, 28),
    "9d": Box(1, 26, 28),
    "10a No": Box(41, 20, 1),
    "10b No": Box(41, 22, 1),
    "10c No": Box(41, 24, 1),
    "11": Box(50, 18, 29),
    "11a month": Box(53, 20, 2),
    "11a day": Box(56, 20, 2),
    "11a year": Box(59, 20, 4),
    "11a M": Box(68, 20, 1),
    "11a F": Box(75, 20, 1),
    "11c": Box(50, 24, 29),
    "11d Yes": Box(52, 26, 1),
    "11d No": Box(57, 26, 1),
    "12": Box(7, 30, 23),
    "12 date": Box(38, 30, 10),
    "13": Box(56, 30, 22),
    "17 qualifier": Box(1, 34, 2),
    "17": Box(4, 34, 23),
    "17b": Box(33, 34, 10),
    "19": Box(1, 36, 48),
    "20 No": Box(57, 36, 1),
    "21 indicator": Box(42, 37, 1),
    **{f"21{letter}": Box(3 + 13 * (n % 4), 38 + n // 4, 7) for n, letter in enumerate("ABCDEFGHIJKL")},
    "22 code": Box(54, 38, 1),
    "22 reference": Box(62, 38, 17),
    "23": Box(50, 40, 29),
    "25": Box(1, 56, 15),
    "25 SSN": Box(17, 56, 1),
    "25 EIN": Box(19, 56, 1),
    "26": Box(23, 56, 14),
    "27 Yes": Box(38, 56, 1),
    "27 No": Box(43, 56, 1),
    "28": Box(51, 56, 8),
    "29": Box(62, 56, 7),
    "31": Box(1, 60, 20),
    "31 date": Box(14, 61, 8),
    "32": Box(23, 58, 26),
    "32 street": Box(23, 59, 26),
    "32 city": Box(23, 60, 26),
    "32a": Box(24, 61, 10),
    "33 area": Box(66, 57, 3),
    "33 phone": Box(70, 57, 9),
    "33": Box(50, 58, 29),
    "33 street": Box(50, 59, 29),
    "33 city": Box(50, 60, 29),
    "33a": Box(51, 61, 10),
}
#: Column and width of what stands on each service line.
_EACH_LINE = {
    "24A from month": (1, 2),
    "24A from day": (4, 2),
    "24A from year": (7, 2),
    "24A to month": (10, 2),
    "24A to day": (13, 2),
    "24A to year": (16, 2),
    "24B": (19, 2),
    "24D": (25, 6),
    "24D modifier 1": (33, 2),
    "24D modifier 2": (36, 2),
    "24D modifier 3": (39, 2),
    "24D modifier 4": (42, 2),
    "24E": (45, 4),
    "24F": (50, 8),
    "24G": (59, 3),
    "24J": (68, 10),
}
BOXES: dict[str, Box] = _ONCE | {
    f"{key} line {number}": Box(column, line, width)
    for number, line in enumerate(SERVICE_LINES, 1)
    for key, (column, width) in _EACH_LINE.items()
}
