// The live trace: <figure data-sweep data-url data-stream>, its markup stands in partials/_trace.html. Asks for the last
// seconds when the stream says that there is something new, or once a second where it does not, and sweeps through them;
// says how old the last sample is, and says so plainly when it is too old or asked for late.
import { LaneBuffer } from "./lane-buffer.js";
import { SweepCanvas } from "./sweep-canvas.js";

const POLL_MS = 1000;
const SURE_MS = 5000; // while the stream tells of everything; a lost event is made up for by this
const TIMEOUT_MS = 4000;
const LAG_MS = 2200; // a chunk of one second and a poll of one second lie between a sample and its arrival here
const PROMPT_LAG_MS = 1500; // a chunk of one second and the way
const STALE_MS = 3000;

const still = matchMedia("(prefers-reduced-motion: reduce)");

const laneFrom = (item) => {
  const fixed = item.dataset.min !== undefined;
  return { name: item.dataset.lane, fixed, low: fixed ? Number(item.dataset.min) : 0, high: fixed ? Number(item.dataset.max) : 0, buffer: null };
};

class Sweep {
  constructor(figure) {
    this.figure = figure;
    this.seconds = Number(figure.dataset.seconds);
    this.lanes = [...figure.querySelectorAll("[data-lane]")].map(laneFrom);
    const style = getComputedStyle(figure);
    const colours = {};
    const colour = (name) => (colours[name] ??= style.getPropertyValue(`--trace-${name}`).trim());
    this.canvas = new SweepCanvas(figure.querySelector("canvas"), this.lanes, this.seconds * 1000, colour);
    this.clock = null; // server time at a moment of this browser's own clock
    this.newest = -Infinity;
    this.drawn = null;
    this.lost = false;
    this.prompt = false; // told of new samples as they come
    new ResizeObserver(() => {
      this.canvas.resize();
      this.redraw();
    }).observe(figure);
    this.follow();
    this.poll();
    this.sayAge();
    this.ageTimer = setInterval(() => this.sayAge(), 250);
    requestAnimationFrame(() => this.frame());
  }

  serverNow() {
    return this.clock.server + (performance.now() - this.clock.here);
  }

  // Notices of new samples. The browser connects again by itself; where it is refused, asking goes on without it.
  follow() {
    if (!this.figure.dataset.stream) return;
    this.stream = new EventSource(this.figure.dataset.stream);
    const set = (prompt) => () => {
      this.prompt = prompt;
      this.poll();
    };
    this.stream.addEventListener("on_time", set(true));
    this.stream.addEventListener("delayed", set(false));
    this.stream.addEventListener("error", set(false));
    this.stream.addEventListener("chunks", () => this.poll());
  }

  async poll() {
    if (!this.figure.isConnected) return this.stream?.close();
    if (this.asking) {
      this.askAgain = true;
      return undefined;
    }
    this.asking = true;
    clearTimeout(this.timer);
    try {
      if (!document.hidden) {
        const answer = await fetch(this.figure.dataset.url, {
          headers: { Accept: "application/json" },
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
        this.take(await answer.json());
        this.lost = false;
      }
    } catch {
      this.lost = true; // said beside the trace; the next poll tries again
      this.askAgain = false;
    }
    this.asking = false;
    const waitMs = this.prompt && !this.lost ? SURE_MS : POLL_MS;
    this.timer = setTimeout(() => this.poll(), this.askAgain ? 0 : waitMs);
    this.askAgain = false;
    return undefined;
  }

  take({ now_ms: now, channels, events }) {
    this.clock = { server: now, here: performance.now() };
    let behind = false;
    for (const channel of channels) {
      const lane = this.lanes.find(({ name }) => name === channel.name);
      if (!lane || !channel.samples.length) continue;
      const first = lane.buffer?.rateHz !== channel.rate_hz;
      if (first) lane.buffer = new LaneBuffer(channel.rate_hz, this.seconds);
      behind = lane.buffer.put(channel.t0_ms, channel.samples) < this.drawn || first || behind;
      this.newest = Math.max(this.newest, lane.buffer.msAt(lane.buffer.newest));
    }
    const known = new Set(this.canvas.events.map(({ t_ms: at, kind }) => `${kind} ${at}`));
    const fresh = events.filter(({ t_ms: at, kind }) => !known.has(`${kind} ${at}`));
    behind ||= fresh.some(({ t_ms: at }) => at < this.drawn);
    this.canvas.events = [...this.canvas.events, ...fresh].filter(({ t_ms: at }) => at > this.newest - this.seconds * 2000);
    if (still.matches) this.drawn = this.newest;
    if (behind || still.matches) this.redraw();
  }

  redraw() {
    if (!Number.isFinite(this.drawn ?? NaN)) return;
    this.canvas.rescale(this.newest);
    this.canvas.all(this.drawn);
  }

  frame() {
    if (!this.figure.isConnected) return;
    requestAnimationFrame(() => this.frame());
    if (still.matches || !this.clock || this.newest === -Infinity) return;
    const goal = Math.min(this.serverNow() - (this.prompt ? PROMPT_LAG_MS : LAG_MS), this.newest);
    const windowMs = this.seconds * 1000;
    if (this.drawn === null || Math.abs(goal - this.drawn) > windowMs) {
      this.drawn = goal;
      this.redraw();
    } else if (goal > this.drawn) {
      const wraps = Math.floor(goal / windowMs) !== Math.floor(this.drawn / windowMs);
      this.canvas.draw(this.drawn, goal);
      this.drawn = goal;
      if (wraps && this.canvas.rescale(this.newest)) this.canvas.all(goal);
    }
  }

  sayAge() {
    if (!this.figure.isConnected) return clearInterval(this.ageTimer);
    const text = this.figure.dataset;
    const age = this.newest === -Infinity ? null : Math.max(0, this.serverNow() - this.newest);
    let state = "None";
    if (this.lost) state = "Lost";
    else if (age > STALE_MS) state = "Stale";
    else if (age !== null) state = this.prompt || !text.stream ? "Age" : "Delayed";
    const seconds = state === "Stale" ? Math.floor(age / 1000) : ((age ?? 0) / 1000).toFixed(1);
    const words = text[`text${state}`].replace("{s}", seconds);
    this.figure.querySelector("[data-age]").textContent = words;
    this.figure.classList.toggle("is-stale", !["Age", "Delayed"].includes(state));
    // Announced when it turns, not four times a second.
    if (state !== this.state) this.figure.querySelector("[data-announce]").textContent = words;
    this.state = state;
    return undefined;
  }
}

const bindAll = () => {
  for (const figure of document.querySelectorAll("[data-sweep]:not([data-bound])")) {
    figure.dataset.bound = "";
    new Sweep(figure);
  }
};

bindAll();
document.addEventListener("htmx:load", bindAll);
