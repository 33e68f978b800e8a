// The replay of a session: <section data-replay>, its markup stands in courses/treatment/_replay_waves.html, what it
// begins with in the json_script #replay-data (courses/treatment/replay.py). The address follows what is looked at.
import { Beats, Events } from "./replay-beats.js";
import { Labels, elapsed } from "./replay-labels.js";
import { Overview } from "./replay-overview.js";
import { Painter } from "./replay-painter.js";
import { TileStore } from "./replay-tiles.js";

const LEAST_S = 2;
const MOMENT_S = 20; // a link to a second without a length opens so much, with the second near its beginning
const STEP = 0.2; // of the window, for a key
const ZOOM = 2;
const SETTLED_MS = 250;

const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

class Replay {
  constructor(root) {
    this.root = root;
    root.hidden = false;
    this.data = JSON.parse(document.getElementById("replay-data").textContent);
    this.find = (name) => root.querySelector(`[data-${name}]`);
    this.waves = this.find("waves");
    this.canvas = this.find("canvas");
    this.context = this.canvas.getContext("2d", { alpha: false });
    const style = getComputedStyle(root);
    const seen = {};
    const token = (name) => (seen[name] ??= style.getPropertyValue(`--${name}`).trim());
    const colour = (name) => token(`trace-${name}`);
    this.tiles = new TileStore(this.data, () => this.arrived(), () => this.say(root.dataset.textTrouble));
    this.painter = new Painter(this.data, this.tiles, colour);
    this.labels = new Labels(this.data, this.painter, this.words(), colour);
    this.overview = new Overview(this.find("overview"), this.data, this.tiles, colour, token);
    this.colour = colour;
    this.open();
    this.sayWindow();
    this.bind();
    new ResizeObserver(() => this.resize()).observe(this.waves);
    this.loadMarks();
  }

  words() {
    const { dataset } = this.root;
    const flags = [1, 2, 4, 8, 16, 32, 64];
    const by = (kind) => Object.fromEntries(flags.map((flag) => [flag, this.root.getAttribute(`data-${kind}-${flag}`)]));
    return { flag: by("word"), letter: by("letter"), beats: dataset.wordBeats, valves: dataset.wordValves, nothing: dataset.wordNothing };
  }

  // Where the address says: ?t= the second, ?w= how many seconds.
  open() {
    const wanted = new URLSearchParams(location.search);
    const { duration_s: duration, t_s: t } = this.data;
    const span = Number(wanted.get("w")) || (t === null ? duration : MOMENT_S);
    this.span = clamp(span, LEAST_S, duration);
    this.from = this.inside(t === null ? 0 : wanted.has("w") ? t : t - 0.1 * this.span);
  }

  inside(from) {
    return clamp(from, 0, this.data.duration_s - this.span);
  }

  async loadMarks() {
    const { data } = this;
    const ask = async (name, Kind, url, names) => {
      if (!url) return;
      try {
        this.painter[name] = await Kind.load(url, names);
      } catch {
        this.say(this.root.dataset.textTrouble);
      }
      this.painter.forget();
      this.refresh();
    };
    await Promise.all([ask("beats", Beats, data.beats_url, data.beat_columns), ask("events", Events, data.events_url, data.event_kinds)]);
    this.sayWindow(this.inView());
    this.root.dataset.ready = "";
  }

  resize() {
    const ratio = devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.waves;
    if (!width || !height) return;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.painter.resize(width, height, ratio);
    this.overview.resize();
    this.refresh();
  }

  arrived() {
    this.painter.forgetUnfinished();
    this.overviewDue = true;
    this.refresh();
  }

  // Draws once, in the next frame, whatever asked for it how often.
  refresh() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (!this.painter.width) return;
      if (this.overviewDue) this.overview.redraw();
      this.overviewDue = false;
      const pxPerS = this.painter.width / this.span;
      this.root.toggleAttribute("data-painted", this.painter.draw(this.context, this.from, pxPerS));
      this.labels.draw(this.context, this.from, pxPerS);
      if (this.cursor !== undefined) this.drawCursor(pxPerS);
      this.overview.draw(this.from, this.span);
    });
  }

  drawCursor(pxPerS) {
    this.context.fillStyle = this.colour("ink");
    this.context.fillRect(Math.round((this.cursor - this.from) * pxPerS), 0, 1, this.painter.height);
  }

  // Looks at another stretch; `around` is the second that stays in its place when the window changes.
  show(from, span = this.span) {
    this.span = clamp(span, LEAST_S, this.data.duration_s);
    const before = this.from;
    this.from = this.inside(from);
    this.tiles.forgetWishes();
    this.refresh();
    this.prefetch(Math.sign(this.from - before));
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.settled(), SETTLED_MS);
    this.sayWindow();
  }

  // The tiles beside the ones in view, in the direction of the movement.
  prefetch(direction) {
    const level = this.tiles.levelFor(this.span / ((this.painter.width || 1000) * (devicePixelRatio || 1)));
    const at = Math.floor((direction < 0 ? this.from : this.from + this.span) / this.tiles.span(level));
    for (const step of [3, 2, 1]) this.tiles.wish(level, at + (direction || 1) * step);
  }

  zoom(factor, around = this.from + this.span / 2) {
    const span = clamp(this.span * factor, LEAST_S, this.data.duration_s);
    this.show(around - ((around - this.from) / this.span) * span, span);
  }

  settled() {
    const address = new URL(location.href);
    address.search = new URLSearchParams({ t: this.from.toFixed(1), w: String(Number(this.span.toFixed(2))) });
    history.replaceState(history.state, "", address);
    const more = this.inView();
    this.say(this.windowText() + more);
    this.sayWindow(more);
  }

  inView() {
    const flagged = this.painter.beats?.flaggedBetween(this.from, this.from + this.span);
    return flagged === undefined ? "" : ` · ${this.root.dataset.textFlagged.replace("{n}", flagged)}`;
  }

  windowText() {
    const digits = this.span < 60 ? 1 : 0;
    const span = this.span >= this.data.duration_s ? this.root.dataset.textWhole : this.span < 120 ? `${Number(this.span.toFixed(1))} s` : `${(this.span / 60).toFixed(1)} min`;
    return this.root.dataset.textWindow
      .replace("{from}", elapsed(this.from, digits))
      .replace("{to}", elapsed(this.from + this.span, digits))
      .replace("{span}", span);
  }

  sayWindow(more = "") {
    this.find("window").textContent = this.windowText() + more;
  }

  say(text) {
    this.find("announce").textContent = text;
  }

  flagged(direction) {
    const { beats } = this.painter;
    const here = this.cursor ?? (direction > 0 ? this.from : this.from + this.span);
    const index = beats ? beats.flaggedFrom(here, direction) : -1;
    if (index < 0) {
      this.find("readout").textContent = this.root.dataset.textNone;
      return this.say(this.root.dataset.textNone);
    }
    const at = beats.r[index] / 1e4;
    const span = Math.min(this.span, MOMENT_S / 2);
    this.cursor = at;
    this.show(at - span * 0.4, span);
    return this.read(at);
  }

  // What is under the cursor, in words.
  read(seconds) {
    this.cursor = seconds;
    const { channels, clock_s: clock } = this.data;
    const day = (clock + seconds) % 86_400;
    const time = [day / 3600, (day / 60) % 60, day % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
    const values = channels.map((channel, number) => {
      const value = this.tiles.valueAt(number, seconds);
      const digits = channel.unit === "mmHg" ? 0 : 2;
      return `${channel.label} ${Number.isNaN(value) ? this.root.dataset.wordUnknown : `${value.toFixed(digits)} ${channel.unit}`.trim()}`;
    });
    this.find("readout").textContent = [`${elapsed(seconds, 2)} (${time})`, ...values, ...this.readBeat(seconds)].join(" · ");
    this.refresh();
  }

  readBeat(seconds) {
    const { beats } = this.painter;
    const index = beats ? beats.at(seconds + 1e-4) - 1 : -1;
    if (index < 0 || seconds > beats.end(index)) return [];
    const { wordInflation, wordLead } = this.root.dataset;
    const found = beats.flagsOf(index).map((flag) => this.labels.words.flag[flag]);
    const ms = (name, word) => {
      const value = beats.seconds(name, index) * 1000;
      if (!Number.isNaN(value)) found.push(`${word} ${value > 0 ? "+" : ""}${value.toFixed(0).replace("-", "−")} ms`);
    };
    ms("off_inf", wordInflation);
    ms("lead_ej", wordLead);
    const ratio = beats.ratio("ds_peak", index);
    if (!Number.isNaN(ratio)) found.push(`D/S ${ratio.toFixed(2)}`);
    return found;
  }

  bind() {
    this.waves.addEventListener("keydown", (event) => this.key(event));
    this.waves.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.waves.addEventListener("pointerdown", (event) => this.grab(event));
    this.waves.addEventListener("pointermove", (event) => this.point(event));
    for (const name of ["pointerup", "pointercancel"]) this.waves.addEventListener(name, () => this.release());
    const go = (event) => event.buttons && this.show(this.overview.secondsAt(event.offsetX) - this.span / 2);
    for (const name of ["pointerdown", "pointermove"]) this.find("overview").addEventListener(name, go);
    document.addEventListener("click", (event) => this.click(event));
    document.addEventListener("visibilitychange", () => this.refresh());
    addEventListener("popstate", () => location.reload());
  }

  click(event) {
    const target = event.target.closest?.("[data-jump], [data-zoom], [data-flagged], [data-copy]");
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { jump, span, zoom, flagged, copy } = target.dataset;
    if (jump !== undefined) {
      event.preventDefault();
      this.cursor = undefined;
      this.show(Number(jump), Number(span));
      this.root.scrollIntoView({ block: "start" });
      this.waves.focus({ preventScroll: true });
    } else if (zoom !== undefined) {
      if (zoom === "whole") this.show(0, this.data.duration_s);
      else if (zoom === "in" || zoom === "out") this.zoom(zoom === "in" ? 1 / ZOOM : ZOOM);
      else this.zoom(Number(zoom) / this.span);
    } else if (flagged !== undefined) this.flagged(Number(flagged));
    else if (copy !== undefined) this.copy();
  }

  async copy() {
    this.settled();
    const { textCopied, textAddress } = this.root.dataset;
    const said = await navigator.clipboard?.writeText(location.href).then(() => textCopied, () => textAddress);
    this.find("readout").textContent = said ?? textAddress;
    this.say(said ?? textAddress);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const does = {
      ArrowLeft: () => this.show(this.from - STEP * this.span),
      ArrowRight: () => this.show(this.from + STEP * this.span),
      PageUp: () => this.show(this.from - this.span),
      PageDown: () => this.show(this.from + this.span),
      Home: () => this.show(0),
      End: () => this.show(this.data.duration_s),
      "+": () => this.zoom(1 / ZOOM),
      "=": () => this.zoom(1 / ZOOM),
      "-": () => this.zoom(ZOOM),
      n: () => this.flagged(1),
      p: () => this.flagged(-1),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!does) return;
    event.preventDefault();
    does();
  }

  // A wheel alone scrolls the page, as everywhere; sideways, or with Shift, it moves; with Ctrl, or pinched, it zooms.
  wheel(event) {
    const sideways = event.shiftKey ? event.deltaY + event.deltaX : event.deltaX;
    if (event.ctrlKey) this.zoom(1.003 ** event.deltaY, this.secondsAt(event.offsetX));
    else if (sideways && Math.abs(sideways) >= Math.abs(event.shiftKey ? 0 : event.deltaY)) this.show(this.from + (sideways / this.painter.width) * this.span);
    else return;
    event.preventDefault();
  }

  secondsAt(x) {
    return this.from + (x / this.painter.width) * this.span;
  }

  grab(event) {
    if (event.button) return;
    this.held = { x: event.clientX, from: this.from };
    this.waves.setPointerCapture(event.pointerId);
    this.waves.classList.add("is-dragged");
  }

  point(event) {
    if (this.held) this.show(this.held.from - ((event.clientX - this.held.x) / this.painter.width) * this.span);
    else this.read(this.secondsAt(event.offsetX));
  }

  release() {
    this.held = null;
    this.waves.classList.remove("is-dragged");
  }
}

for (const root of document.querySelectorAll("[data-replay]")) new Replay(root);
