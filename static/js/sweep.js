// The live trace: <figure data-sweep data-recording data-url data-stream>, its markup stands in partials/_trace.html; on
// a wall many of them stand in one [data-feed] and share its question and its stream. Sweeps through the last seconds,
// says how old the last sample is, and says so plainly when it is too old or asked for late.
import { inWords } from "./age-words.js";
import { LaneBuffer } from "./lane-buffer.js";
import { LaneScale } from "./lane-scale.js";
import { LiveFeed } from "./live-feed.js";
import { SweepCanvas } from "./sweep-canvas.js";
import { Marks } from "./sweep-marks.js";
import { tick } from "./ticker.js";
import { TraceClock } from "./trace-clock.js";
import { bindTools } from "./trace-tools.js";

const STALE_MS = 3000;
const LONGEST_S = 30; // of any window; what is drawn, and what runs ahead of it, is kept
const STILL_EVERY_MS = 1000;
const SAY_EVERY_MS = 250;

const still = matchMedia("(prefers-reduced-motion: reduce)");

class Sweep {
  constructor(figure, feed) {
    this.figure = figure;
    this.feed = feed;
    this.id = figure.dataset.recording;
    this.lanes = [...figure.querySelectorAll("[data-lane]")].map((item) => new LaneScale({ ...item.dataset, label: item }));
    this.marks = new Marks();
    this.clock = new TraceClock();
    this.newest = -Infinity;
    this.drawn = null;
    this.paused = null; // server time at which the picture was stopped
    const style = getComputedStyle(figure);
    const colours = {};
    const colour = (name) => (colours[name] ??= style.getPropertyValue(`--trace-${name}`).trim());
    const look = { mmPerS: 25, plain: figure.dataset.sweep === "plain" };
    this.canvas = new SweepCanvas(figure.querySelector("canvas"), this.lanes, this.marks, colour, look);
    new ResizeObserver(() => this.canvas.resize() && this.redraw()).observe(this.canvas.canvas);
    figure.sweep = this;
    bindTools(this);
    tick(this);
    feed.add(this);
  }

  take({ now_ms: now, channels, events, expected }) {
    this.clock.heard(now);
    const before = this.newest;
    let behind = false;
    for (const channel of channels) {
      const lane = this.lanes.find(({ name }) => name === channel.name);
      if (!lane || !channel.samples.length) continue;
      const first = lane.live?.rateHz !== channel.rate_hz;
      if (first) lane.live = new LaneBuffer(channel.rate_hz, LONGEST_S);
      if (this.paused === null) lane.buffer = lane.live;
      behind = lane.live.put(channel.t0_ms, channel.samples) < this.drawn || first || behind;
      this.newest = Math.max(this.newest, lane.live.msAt(lane.live.newest));
    }
    if (this.newest > before) this.clock.waited(before);
    const forgetMs = this.newest - LONGEST_S * 1000;
    behind = this.marks.put(events, expected, forgetMs) < this.drawn || behind;
    if (behind) this.redraw();
  }

  // Stops the picture and lets the data go on, or goes on with the picture.
  pause(on) {
    this.paused = on ? (this.clock.now ?? 0) : null;
    for (const lane of this.lanes) lane.buffer = on ? (lane.live?.copy() ?? null) : (lane.live ?? null);
    this.canvas.marks = on ? this.marks.copy() : this.marks;
    this.saidAt = 0;
  }

  setGain(gain) {
    for (const lane of this.lanes) lane.gain = gain;
    this.redraw();
  }

  setSpeed(mmPerS) {
    this.canvas.setSpeed(mmPerS);
    this.redraw();
  }

  redraw() {
    if (this.drawn === null) return;
    this.canvas.rescale(this.drawn);
    this.canvas.all(this.drawn);
  }

  frame(now) {
    if (!(now - this.saidAt < SAY_EVERY_MS)) this.say(now);
    if (this.paused !== null || !Number.isFinite(this.newest) || !this.canvas.width) return;
    const goal = Math.min(this.clock.now - this.clock.lag, this.newest);
    const { windowMs } = this.canvas;
    const far = this.drawn === null || Math.abs(goal - this.drawn) > windowMs;
    if (far || (still.matches && goal - this.drawn >= STILL_EVERY_MS)) {
      this.drawn = goal;
      this.redraw();
    } else if (goal > this.drawn && !still.matches) {
      const wraps = Math.floor(goal / windowMs) !== Math.floor(this.drawn / windowMs);
      this.canvas.draw(this.drawn, goal);
      this.drawn = goal;
      if (wraps && this.canvas.rescale(goal)) this.canvas.all(goal);
    }
  }

  say(now) {
    this.saidAt = now;
    const text = this.figure.dataset;
    const age = Number.isFinite(this.newest) ? Math.max(0, this.clock.now - this.newest) : null;
    let state = "None";
    if (this.feed.lost) state = "Lost";
    else if (age > STALE_MS) state = "Stale";
    else if (age !== null) state = this.feed.prompt || !this.feed.events ? "Age" : "Delayed";
    let words = text[`text${state}`].replace("{s}", ((age ?? 0) / 1000).toFixed(1)).replace("{age}", inWords(age ?? 0));
    if (this.paused !== null) words = `${text.textPaused.replace("{s}", Math.floor((this.clock.now - this.paused) / 1000))} · ${words}`;
    const shown = this.figure.querySelector("[data-age]");
    if (shown.textContent !== words) shown.textContent = words;
    this.figure.classList.toggle("is-stale", !["Age", "Delayed"].includes(state));
    this.figure.classList.toggle("is-paused", this.paused !== null);
    const told = `${state}${this.paused !== null}`;
    // Announced when it turns, not four times a second.
    if (told !== this.told) this.figure.querySelector("[data-announce]").textContent = words;
    this.told = told;
  }
}

const shared = new WeakMap();

const feedOf = (figure) => {
  const wall = figure.closest("[data-feed]");
  if (!wall) {
    const { url, stream } = figure.dataset;
    return new LiveFeed(([{ after }]) => (after === null ? url : `${url}?after_ms=${after}`), () => stream, false);
  }
  if (!shared.has(wall)) {
    const { url, stream } = wall.dataset;
    const named = (asked) => asked.map(({ id, after }) => (after === null ? id : `${id}@${after}`)).join(",");
    shared.set(wall, new LiveFeed((asked) => `${url}?of=${named(asked)}`, (ids) => `${stream}?of=${ids.join(",")}`, true));
  }
  return shared.get(wall);
};

const bindAll = () => {
  for (const figure of document.querySelectorAll("[data-sweep]:not([data-bound])")) {
    figure.dataset.bound = "";
    new Sweep(figure, feedOf(figure));
  }
};

bindAll();
document.addEventListener("htmx:load", bindAll);
