"""The frame of a picture with two axes: grid, numbers beside it, what they count. PURE."""

from dataclasses import dataclass

from devices.pictures.svg import WIDTH, Axis, line, shape, text

LEFT, RIGHT, TOP, BOTTOM = 40.0, 18.0, 22.0, 36.0


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the values lie on a sheet of ``height``."""

    x: Axis
    y: Axis
    height: float

    def grid(self, x_step: float, y_step: float, x_label: str, y_label: str, digits: int = 0) -> list[str]:
        """Lines and numbers of both axes; the vertical one is named above, the horizontal one below."""
        parts = [text(y_label, 2, 12)]
        for value in self.y.ticks(y_step):
            y = self.y.at(value)
            parts += [
                line("p-grid", self.x.start, y, self.x.stop, y),
                text(number(value, digits), self.x.start - 5, y + 4, anchor="end"),
            ]
        bottom = self.y.start
        parts.append(line("p-axis", self.x.start, bottom, self.x.stop, bottom))
        for value in self.x.ticks(x_step):
            x = self.x.at(value)
            parts += [
                line("p-axis", x, bottom, x, bottom + 4),
                text(number(value), x, bottom + 16, anchor="middle"),
            ]
        parts.append(text(x_label, self.x.stop, self.height - 4, anchor="end"))
        return parts

    def band(self, low: float, high: float, label: str = "") -> list[str]:
        """A shaded stretch of the horizontal axis, with its edges drawn."""
        left, right = self.x.at(low), self.x.at(high)
        top, bottom = self.y.stop, self.y.start
        parts = [shape("rect", "p-band", x=left, y=top, width=right - left, height=bottom - top)]
        parts += [line("p-band-edge", x, top, x, bottom) for x in (left, right)]
        if label:
            parts.append(text(label, (left + right) / 2, top - 4, anchor="middle"))
        return parts

    def level_band(self, low: float, high: float) -> list[str]:
        """A shaded stretch of the vertical axis."""
        top, bottom = self.y.at(high), self.y.at(low)
        left, right = self.x.start, self.x.stop
        parts = [shape("rect", "p-band", x=left, y=top, width=right - left, height=bottom - top)]
        return parts + [line("p-band-edge", left, y, right, y) for y in (top, bottom)]


def frame(
    x: tuple[float, float], y: tuple[float, float], height: float = 220.0, width: float = WIDTH
) -> Frame:
    return Frame(Axis(*x, start=LEFT, stop=width - RIGHT), Axis(*y, start=height - BOTTOM, stop=TOP), height)


def number(value: float, digits: int = 0) -> str:
    """With a minus as wide as a figure, and without one where what is left is zero."""
    written = f"{value:.{digits}f}"
    return written.replace("-", "\N{MINUS SIGN}" if float(written) else "")
