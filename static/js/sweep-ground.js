// What lies behind the traces: time and amplitude grid with their units, drawn once and copied strip by strip.
const MM_PX = 96 / 25.4;
const LABEL_FONT = "11px system-ui, sans-serif";

export const PAD_PX = 8; // between the foot of a lane and its lowest value
export const LABEL_PX = 26; // for the lane's name, above its highest

export const laneBox = (lanes, row, height) => {
  const laneHeight = height / lanes.length;
  return { top: row * laneHeight + LABEL_PX, foot: (row + 1) * laneHeight - PAD_PX };
};

export const secondsOf = (widthPx, mmPerS) => widthPx / MM_PX / mmPerS;

export class SweepGround {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d");
  }

  draw({ width, height, ratio, lanes, windowMs, colour, plain }) {
    const { canvas, context } = this;
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = colour("ground");
    context.fillRect(0, 0, width, height);
    context.font = LABEL_FONT;
    this.time(width, height, windowMs, colour, plain);
    lanes.forEach((lane, row) => this.amplitude(lane, laneBox(lanes, row, height), width, colour, plain));
  }

  time(width, height, windowMs, colour, plain) {
    const { context } = this;
    const second = (1000 / windowMs) * width;
    context.fillStyle = colour("grid");
    for (let x = second / 5; !plain && x < width; x += second / 5) context.fillRect(Math.round(x), 0, 1, height);
    for (let n = 1; n * second < width; n += 1) {
      context.fillStyle = colour("grid-strong");
      context.fillRect(Math.round(n * second), 0, 1, height);
      context.fillStyle = colour("ink");
      if (!plain) context.fillText(`${n} s`, Math.round(n * second) + 3, height - 2);
    }
  }

  amplitude(lane, { top, foot }, width, colour, plain) {
    const { context } = this;
    const scale = (foot - top) / (lane.high - lane.low || 1);
    const { step, values } = lane.lines(4);
    const digits = Math.max(0, -Math.floor(Math.log10(step || 1) + 1e-9));
    for (const value of values) {
      const y = Math.round(foot - (value - lane.low) * scale);
      context.fillStyle = colour("grid");
      context.fillRect(0, y, width, 1);
      context.fillStyle = colour("ink");
      if (!plain) context.fillText(value.toFixed(digits).replace("-", "−"), 4, y - 2);
    }
  }
}
