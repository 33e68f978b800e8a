// Draws lanes over one canvas as a monitor does: a bar sweeps from left to right, erases what is old and leaves what is
// new. Only the strip between two calls is redrawn; time t always stands at the same place, (t mod window).
const ERASE_MS = 180;
const GRID_MS = 200; // five millimetres at 25 mm/s
const GRID_ROWS = 10;
const LABEL_PX = 26;

export class SweepCanvas {
  constructor(canvas, lanes, windowMs, colour) {
    Object.assign(this, { canvas, lanes, windowMs, colour, events: [] });
    this.context = canvas.getContext("2d");
    this.resize();
  }

  resize() {
    const ratio = devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  // Sets the gain of every lane without a fixed scale from what is on screen; true if one changed enough to redraw.
  rescale(toMs) {
    let changed = false;
    for (const lane of this.lanes) {
      if (lane.fixed || !lane.buffer) continue;
      const seen = lane.buffer.extent(toMs - this.windowMs, toMs);
      if (!seen) continue;
      const span = lane.high - lane.low;
      const fits = seen.low >= lane.low && seen.high <= lane.high && seen.high - seen.low > 0.5 * span;
      if (fits) continue;
      const margin = (seen.high - seen.low || 1) * 0.1;
      lane.low = seen.low - margin;
      lane.high = seen.high + margin;
      changed = true;
    }
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
    this.erase(this.x(toMs), this.x(toMs) + this.width * (ERASE_MS / this.windowMs));
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
    this.marks(startMs, endMs, place);
    this.lanes.forEach((lane, row) => lane.buffer && this.line(lane, row, startMs, endMs, place));
    context.restore();
  }

  erase(left, right) {
    const { context } = this;
    context.fillStyle = this.colour("ground");
    context.fillRect(left, 0, right - left, this.height);
    context.fillStyle = this.colour("grid");
    const step = (GRID_MS / this.windowMs) * this.width;
    for (let column = Math.ceil(left / step); column * step < right; column += 1) context.fillRect(column * step, 0, 1, this.height);
    for (let row = 1; row < GRID_ROWS; row += 1) context.fillRect(left, Math.round((row * this.height) / GRID_ROWS), right - left, 1);
    if (right > this.width) this.erase(0, right - this.width);
  }

  marks(startMs, endMs, place) {
    const { context } = this;
    context.setLineDash([3, 4]);
    context.lineWidth = 1;
    for (const event of this.events) {
      if (event.t_ms < startMs || event.t_ms >= endMs) continue;
      context.strokeStyle = this.colour(event.kind.startsWith("infl") ? "cuff" : "deflate");
      context.beginPath();
      context.moveTo(place(event.t_ms), this.height / this.lanes.length);
      context.lineTo(place(event.t_ms), this.height - 8);
      context.stroke();
    }
    context.setLineDash([]);
  }

  line(lane, row, startMs, endMs, place) {
    const { context } = this;
    const laneHeight = this.height / this.lanes.length;
    const foot = (row + 1) * laneHeight - 8;
    const scale = (laneHeight - LABEL_PX - 8) / (lane.high - lane.low || 1);
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
