// Where traces get their samples: one question and one stream for all traces of a page, for a browser has few
// connections to a host. Asks when the stream says that a recording has something new, or once a second where it does
// not, and now and then for all of it, so that what came late or was lost on the way is mended.
const POLL_MS = 1000;
const SURE_MS = 5000; // while the stream tells of everything
const TOGETHER_MS = 150; // notices of several recordings are answered by one question
const TIMEOUT_MS = 4000;

export class LiveFeed {
  // url and stream: functions from a list of {id, after} to an address. A trace has id, figure, newest, take() and told().
  constructor(url, stream, several) {
    Object.assign(this, { url, stream, several, traces: new Map(), due: new Set(), prompt: false, lost: false, sureAt: 0 });
    document.addEventListener("visibilitychange", () => document.hidden || this.askAll());
  }

  add(trace) {
    this.traces.set(trace.id, trace);
    clearTimeout(this.opening);
    this.opening = setTimeout(() => this.follow(), 0); // once, however many are added together
    this.askAll();
  }

  // Forgets traces that are no longer on the page; whether any is left.
  prune() {
    let gone = false;
    for (const [id, { figure }] of this.traces) if (!figure.isConnected) gone = this.traces.delete(id) || gone;
    if (!this.traces.size) {
      this.events?.close();
      this.events = null;
    }
    return this.traces.size > 0;
  }

  // Notices of new samples. The browser connects again by itself; where it is refused, asking goes on without it.
  follow() {
    this.events?.close();
    const address = this.stream([...this.traces.keys()]);
    if (!address || !this.prune()) return;
    this.events = new EventSource(address);
    const set = (prompt) => () => {
      this.prompt = prompt;
      this.askAll();
    };
    this.events.addEventListener("on_time", set(true));
    this.events.addEventListener("delayed", set(false));
    this.events.addEventListener("error", set(false));
    this.events.addEventListener("chunks", ({ data }) => {
      for (const id of JSON.parse(data)) this.due.add(id);
      this.soon(this.several ? TOGETHER_MS : 0);
    });
  }

  askAll() {
    this.sureAt = 0;
    this.soon(0);
  }

  soon(wait) {
    const at = performance.now() + wait;
    if (this.timer && this.timerAt <= at) return;
    clearTimeout(this.timer);
    this.timerAt = at;
    this.timer = setTimeout(() => this.ask(), wait);
  }

  async ask() {
    this.timer = null;
    if (this.asking || !this.prune()) return;
    const now = performance.now();
    const all = !this.prompt || this.lost || now >= this.sureAt;
    if (now >= this.sureAt) this.sureAt = now + SURE_MS;
    const full = this.sureAt === now + SURE_MS;
    const wanted = [...this.traces.values()].filter(({ id }) => all || this.due.has(id));
    this.due.clear();
    if (wanted.length && !document.hidden) {
      this.asking = true;
      await this.fetch(wanted, full);
      this.asking = false;
    }
    if (this.due.size) this.soon(0);
    this.soon(this.prompt && !this.lost ? Math.max(0, this.sureAt - performance.now()) : POLL_MS);
  }

  async fetch(wanted, full) {
    try {
      // The newest second is asked for once more: chunks may overtake each other.
      const asked = wanted.map(({ id, newest }) => ({ id, after: full || !Number.isFinite(newest) ? null : Math.floor(newest - 1000) }));
      const answer = await fetch(this.url(asked), { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
      const found = await answer.json();
      this.lost = false;
      for (const trace of wanted) {
        const own = this.several ? found.traces[trace.id] : found;
        if (own) trace.take(own);
      }
    } catch {
      this.lost = true; // said beside the trace; the next question tries again
    }
  }
}
