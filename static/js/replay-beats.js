// Beats of the report and events of the console, as typed arrays in order of time.
const UNKNOWN = -(2 ** 31);
const TICKS = 10_000; // 0.1 ms
const LETTERS_ORDER = [4, 1, 2, 8, 16, 32, 64]; // what is said first of a beat that is flagged for several things

const bytes = async (url) => {
  const answer = await fetch(url);
  if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
  return answer.arrayBuffer();
};

// The first index whose time is not before `ticks`.
const lowerBound = (times, ticks) => {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < ticks) low = middle + 1;
    else high = middle;
  }
  return low;
};

export class Beats {
  static async load(url, names) {
    const buffer = await bytes(url);
    const [count, columns] = new Uint32Array(buffer, 0, 2);
    const found = new Beats();
    found.count = count;
    names.slice(0, columns).forEach((name, at) => {
      found[name] = new Int32Array(buffer, 8 + 4 * at * count, count);
    });
    return found;
  }

  // Index of the first beat at or after a time.
  at(seconds) {
    return lowerBound(this.r, seconds * TICKS);
  }

  // Seconds (or a span in seconds) of one column of one beat; NaN is not known.
  seconds(name, index) {
    const value = this[name][index];
    return value === UNKNOWN ? NaN : value / TICKS;
  }

  ratio(name, index) {
    const value = this[name][index];
    return value === UNKNOWN ? NaN : value / 10_000;
  }

  // Where the beat ends: the next R, or a second later where there is none.
  end(index) {
    return index + 1 < this.count ? this.r[index + 1] / TICKS : this.r[index] / TICKS + 1;
  }

  // The flags of a beat, the weightiest first.
  flagsOf(index) {
    return LETTERS_ORDER.filter((flag) => this.flags[index] & flag);
  }

  flaggedBetween(from, to) {
    let found = 0;
    for (let index = this.at(from); index < this.count && this.r[index] < to * TICKS; index += 1) found += this.flags[index] ? 1 : 0;
    return found;
  }

  // The next flagged beat after (direction 1) or before (-1) a time; -1 where there is none.
  flaggedFrom(seconds, direction) {
    let index = direction > 0 ? this.at(seconds + 1e-4) : this.at(seconds - 1e-4) - 1;
    while (index >= 0 && index < this.count && !this.flags[index]) index += direction;
    return index >= 0 && index < this.count ? index : -1;
  }
}

export class Events {
  static async load(url, kinds) {
    const buffer = await bytes(url);
    const count = new Uint32Array(buffer, 0, 1)[0];
    const found = new Events();
    found.times = new Int32Array(buffer, 4, count);
    found.numbers = new Uint8Array(buffer, 4 + 4 * count, count);
    found.kinds = kinds;
    return found;
  }

  // Calls back with (kind, cuff, seconds) for each event of a stretch.
  between(from, to, tell) {
    for (let at = lowerBound(this.times, from * TICKS); at < this.times.length && this.times[at] <= to * TICKS; at += 1) {
      const [kind, cuff] = this.kinds[this.numbers[at]];
      tell(kind, cuff, this.times[at] / TICKS);
    }
  }
}
