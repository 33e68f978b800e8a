// The last seconds of one channel, addressed by time. Overlapping answers of the server write the same slots again, so
// putting is idempotent; what was never sent stays NaN and is drawn as a gap.
export class LaneBuffer {
  constructor(rateHz, seconds) {
    this.rateHz = rateHz;
    this.size = Math.ceil(rateHz * (seconds + 4)); // what is drawn, and what runs ahead of it
    this.values = new Float32Array(this.size);
    this.indices = new Float64Array(this.size).fill(-1);
    this.newest = -1;
  }

  indexAt(ms) {
    return Math.round((ms * this.rateHz) / 1000);
  }

  msAt(index) {
    return (index * 1000) / this.rateHz;
  }

  // Stores samples of which the first was taken at t0 (ms). Returns the time of the earliest new one, or Infinity.
  put(t0, samples) {
    const first = this.indexAt(t0);
    let earliest = Infinity;
    for (let i = Math.max(0, samples.length - this.size); i < samples.length; i += 1) {
      const index = first + i;
      const slot = index % this.size;
      if (this.indices[slot] >= index) continue; // known already, or overtaken
      this.indices[slot] = index;
      this.values[slot] = samples[i] ?? NaN;
      if (index < earliest) earliest = index;
    }
    this.newest = Math.max(this.newest, first + samples.length - 1);
    return earliest === Infinity ? Infinity : this.msAt(earliest);
  }

  copy() {
    const other = new LaneBuffer(this.rateHz, 0);
    return Object.assign(other, this, { values: this.values.slice(), indices: this.indices.slice() });
  }

  at(index) {
    const slot = index % this.size;
    return this.indices[slot] === index ? this.values[slot] : NaN;
  }

  // Least and greatest value between two times, or null where nothing was measured.
  extent(fromMs, toMs) {
    let low = Infinity;
    let high = -Infinity;
    for (let index = this.indexAt(fromMs); index <= this.indexAt(toMs); index += 1) {
      const value = this.at(index);
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return low <= high ? { low, high } : null;
  }
}
