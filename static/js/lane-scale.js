// Which value stands how high in a lane: a fixed scale, or one that fits what is on screen, or a chosen gain.
const MM_PX = 96 / 25.4; // a millimetre as browsers count it
const ECG_MM_PER_MV = 10;
const MARGIN = 0.1;

export class LaneScale {
  constructor({ lane, min, max, label }) {
    this.name = lane;
    this.label = label;
    this.fixed = min !== undefined;
    this.low = this.fixed ? Number(min) : 0;
    this.high = this.fixed ? Number(max) : 0;
    this.gain = null; // null fits by itself
    this.buffer = null;
  }

  // Fits to what is on screen; whether that changed enough to redraw. A chosen gain only keeps to the middle.
  fit(seen, heightPx) {
    if (this.fixed || !seen) return false;
    const span = this.high - this.low;
    const needed = seen.high - seen.low;
    const inside = seen.low >= this.low && seen.high <= this.high;
    if (this.gain === null) {
      if (inside && needed > 0.5 * span) return false;
      const margin = (needed || 1) * MARGIN;
      [this.low, this.high] = [seen.low - margin, seen.high + margin];
      this.fitted = this.high - this.low;
      return true;
    }
    const wanted = this.name === "ecg" ? heightPx / (MM_PX * ECG_MM_PER_MV * this.gain) : (this.fitted || needed || 1) / this.gain;
    const middle = (seen.low + seen.high) / 2;
    const off = Math.abs(middle - (this.low + this.high) / 2);
    if (Math.abs(span - wanted) < 1e-9 && (inside || needed > wanted) && off < wanted / 4) return false;
    [this.low, this.high] = [middle - wanted / 2, middle + wanted / 2];
    return true;
  }

  // A round step between two lines of the grid and the values of those lines; none for a lane without a unit.
  lines(least) {
    const span = this.high - this.low;
    if (!(span > 0) || this.name === "pleth") return { step: 0, values: [] };
    const rough = span / least;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
    const values = [];
    for (let value = Math.ceil(this.low / step) * step; value <= this.high + 1e-9; value += step) values.push(value);
    return { step, values };
  }
}
