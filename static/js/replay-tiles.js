// Tiles of a recording: asked for when they are looked at, kept while there is room, the newest wish first.
// devices/tiles.py says how they are laid out; here the differences and the two planes of bytes are undone.
const KEPT = 240; // about 10 MB
const AT_ONCE = 5;
const MISSING = -32768;

const decode = (buffer, channels, level, factor) => {
  const heads = new Uint32Array(buffer, 0, 2 * channels.length);
  const bytes = new Uint8Array(buffer, 8 * channels.length);
  const count = bytes.length / 2;
  const values = new Int16Array(count);
  let value = 0;
  for (let at = 0; at < count; at += 1) {
    value = ((value + (bytes[at] | (bytes[count + at] << 8))) << 16) >> 16;
    values[at] = value;
  }
  let at = 0;
  return channels.map((channel, number) => {
    const own = Math.max(0, level - channel.behind);
    const size = heads[2 * number + 1];
    const low = values.subarray(at, at + size);
    const high = own ? values.subarray(at + size, at + 2 * size) : low;
    at += own ? 2 * size : size;
    return { first: heads[2 * number], step: factor ** own / channel.rate_hz, low, high, own };
  });
};

export class TileStore {
  constructor(data, onArrival, onTrouble) {
    Object.assign(this, { data, onArrival, onTrouble });
    this.tiles = new Map(); // key to tile, the longest unused first
    this.wished = new Map();
    this.running = new Set();
    this.failed = new Map();
  }

  span(level) {
    return this.data.base_span_s * this.data.factor ** level;
  }

  // The coarsest level of which a bucket is no wider than this many seconds; 0 holds the samples themselves.
  levelFor(seconds) {
    const fastest = Math.max(...this.data.channels.map((channel) => channel.rate_hz));
    const level = Math.floor(Math.log(seconds * fastest) / Math.log(this.data.factor));
    return Math.min(Math.max(level, 0), this.data.levels.length - 1);
  }

  // A tile that is here, or null after asking for it.
  get(level, index) {
    const key = `${level}/${index}`;
    const tile = this.tiles.get(key);
    if (tile) {
      this.tiles.delete(key); // used now: the last to be let go
      this.tiles.set(key, tile);
      return tile;
    }
    this.wish(level, index);
    return null;
  }

  peek(level, index) {
    return this.tiles.get(`${level}/${index}`) ?? null;
  }

  wish(level, index) {
    if (level < 0 || level >= this.data.levels.length || index < 0 || index >= this.data.levels[level]) return;
    const key = `${level}/${index}`;
    if (this.tiles.has(key) || this.running.has(key) || (this.failed.get(key) ?? 0) > performance.now()) return;
    this.wished.delete(key);
    this.wished.set(key, [level, index]);
    this.work();
  }

  // What is no longer looked at need not be fetched any more.
  forgetWishes() {
    this.wished.clear();
  }

  work() {
    while (this.running.size < AT_ONCE && this.wished.size) {
      const [key, [level, index]] = [...this.wished].at(-1);
      this.wished.delete(key);
      this.running.add(key);
      this.fetch(key, level, index);
    }
  }

  async fetch(key, level, index) {
    try {
      const answer = await fetch(this.data.tiles_url + key);
      if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
      this.tiles.set(key, decode(await answer.arrayBuffer(), this.data.channels, level, this.data.factor));
      if (this.tiles.size > KEPT) this.tiles.delete(this.tiles.keys().next().value);
      this.failed.delete(key);
      this.onArrival();
    } catch {
      this.failed.set(key, performance.now() + 3000); // asked again by whoever still looks
      this.onTrouble();
    } finally {
      this.running.delete(key);
      this.work();
    }
  }

  // Value of a channel at a time, from the finest tile that is here; NaN where nothing was measured or is known.
  valueAt(number, seconds) {
    for (let level = 0; level < this.data.levels.length; level += 1) {
      const part = this.peek(level, Math.floor(seconds / this.span(level)))?.[number];
      if (!part) continue;
      const at = Math.floor(seconds / part.step + 1e-9) - part.first;
      if (at < 0 || at >= part.low.length || part.high[at] === MISSING) return NaN;
      return (part.low[at] + part.high[at]) / 2 / this.data.channels[number].scale;
    }
    return NaN;
  }
}

export { MISSING };
