// Draws lanes over one canvas as a monitor does: a bar sweeps from left to right, erases what is old and leaves what is
// new. Only the strip between two calls is redrawn; time t always stands at the same place, (t mod window).
import { laneBox, secondsOf, SweepGround } from "./sweep-ground.js";

const ERASE_MS = 180;

export class SweepCanvas {
  constructor(canvas, lanes, marks, colour, { mmPerS, plain }) {
    Object.assign(this, { canvas, lanes, marks, colour, mmPerS, plain, width: 0, height: 0 });
    this.context = canvas.getContext("2d", { alpha: false });
    this.ground = new SweepGround();
    this.resize();
  }

  // Takes the size that the canvas has on the page; whether it is another than before.
  resize() {
    const ratio = devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || (width === this.width && height === this.height && ratio === this.ratio)) return false;
    Object.assign(this, { width, height, ratio });
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.setSpeed(this.mmPerS);
    return true;
  }

  setSpeed(mmPerS) {
    this.mmPerS = mmPerS;
    // Whole milliseconds: a multiple of it divided by it is then exact, so a sweep always ends where the next begins.
    this.windowMs = Math.max(1, Math.round(1000 * secondsOf(this.width, mmPerS)));
    this.ground.draw(this);
    this.erase(0, this.width);
  }

  // Sets the scale of every lane from what is on screen; true if one changed enough to redraw.
  rescale(toMs) {
    let changed = false;
    this.lanes.forEach((lane, row) => {
      const { top, foot } = laneBox(this.lanes, row, this.height);
      const seen = lane.buffer?.extent(toMs - this.windowMs, toMs);
      changed = (seen && lane.fit(seen, foot - top)) || changed;
    });
    if (changed) this.ground.draw(this);
    return changed;
  }

  all(toMs) {
    this.draw(toMs - this.windowMs + ERASE_MS, toMs);
  }

  // Draws everything between two times, one sweep after the other.
  draw(fromMs, toMs) {
    for (let start = fromMs; start < toMs; ) {
      const sweepEnd = (Math.floor(start / this.windowMs) + 1) * this.windowMs;
      const end = Math.min(toMs, sweepEnd);
      this.strip(start, end);
      start = end;
    }
    const at = this.x(toMs);
    this.erase(at, at + this.width * (ERASE_MS / this.windowMs));
  }

  x(ms) {
    return ((ms % this.windowMs) / this.windowMs) * this.width;
  }

  strip(startMs, endMs) {
    const sweepMs = Math.floor(startMs / this.windowMs) * this.windowMs;
    const place = (ms) => ((ms - sweepMs) / this.windowMs) * this.width;
    const left = place(startMs);
    const right = place(endMs);
    this.erase(left, right);
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(left - 1, 0, right - left + 1, this.height);
    context.clip();
    this.marks.draw(context, this, startMs, endMs, place);
    this.lanes.forEach((lane, row) => lane.buffer && this.line(lane, row, startMs, endMs, place));
    context.restore();
  }

  // Whole pixels of the ground, so that no seam is left between two strips.
  erase(left, right) {
    const { context, ratio } = this;
    const from = Math.floor(left * ratio);
    const size = Math.min(Math.ceil(right * ratio), this.canvas.width) - from;
    if (size > 0) context.drawImage(this.ground.canvas, from, 0, size, this.canvas.height, from / ratio, 0, size / ratio, this.canvas.height / ratio);
    if (right > this.width) this.erase(0, right - this.width);
  }

  line(lane, row, startMs, endMs, place) {
    const { context } = this;
    const { top, foot } = laneBox(this.lanes, row, this.height);
    const scale = (foot - top) / (lane.high - lane.low || 1);
    const { buffer } = lane;
    context.strokeStyle = this.colour(lane.name);
    context.lineWidth = 1.7;
    context.lineJoin = "round";
    context.beginPath();
    let last = -Infinity;
    for (let index = buffer.indexAt(startMs) - 2; index <= buffer.indexAt(endMs) + 1; index += 1) {
      const value = buffer.at(index);
      if (Number.isNaN(value)) continue;
      const y = foot - (value - lane.low) * scale;
      // One empty slot comes from rounding between two chunks; anything more is a gap and stays one.
      if (index - last > 2) context.moveTo(place(buffer.msAt(index)), y);
      else context.lineTo(place(buffer.msAt(index)), y);
      last = index;
    }
    context.stroke();
  }
}
