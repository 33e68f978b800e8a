// Server time on this page, and how far behind it a trace must be drawn so that it never stands still between two
// answers: as long as the newest sample had to wait for the next, lately.
const KEPT = 12;
const SPARE_MS = 60;
const LEAST_MS = 250;
const MOST_MS = 2500;

const kept = (list, value) => [...list.slice(1 - KEPT), value];

export class TraceClock {
  constructor() {
    this.offsets = [];
    this.waits = [];
    this.lag = MOST_MS;
  }

  // The way back only makes the server's clock look slow, so the greatest difference is nearest to the truth.
  heard(serverMs) {
    this.offsets = kept(this.offsets, serverMs - performance.now());
    this.offset = Math.max(...this.offsets);
  }

  get now() {
    return this.offsets.length ? this.offset + performance.now() : null;
  }

  // Newer samples came; newestMs was the newest until now.
  waited(newestMs) {
    if (!Number.isFinite(newestMs)) return;
    this.waits = kept(this.waits, this.now - newestMs);
    this.lag = Math.min(MOST_MS, Math.max(LEAST_MS, Math.max(...this.waits) + SPARE_MS));
  }
}
