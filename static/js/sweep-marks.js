// The console's events against the beats: when the valves opened, on the cuffs' lane and thin through the pulse wave's,
// and where in a beat the wave should rise and the cuffs be empty. What is not known is not drawn.
import { laneBox } from "./sweep-ground.js";

const SAME_MS = 250; // valves of several cuffs that open one after another are one inflation
const TICK_PX = 12;

const isInflate = ({ kind }) => kind.startsWith("infl");
const isDeflate = ({ kind }) => kind.startsWith("defl");
const isTrigger = ({ kind }) => kind === "trigger";

// The first of each group, in order of time.
const firsts = (events) => events.filter((event, n) => n === 0 || event.t_ms - events[n - 1].t_ms > SAME_MS);

export class Marks {
  constructor() {
    this.events = [];
    this.expected = null;
    this.sort();
  }

  // Adds what is new and forgets what is older than a moment; the earliest new one, or Infinity.
  put(events, expected, forgetMs) {
    if (expected) this.expected = expected;
    const known = new Set(this.events.map(({ t_ms: at, kind, cuff }) => `${kind} ${cuff} ${at}`));
    const fresh = events.filter(({ t_ms: at, kind, cuff }) => !known.has(`${kind} ${cuff} ${at}`));
    if (!fresh.length) return Infinity;
    this.events = [...this.events, ...fresh].filter(({ t_ms: at }) => at > forgetMs).sort((a, b) => a.t_ms - b.t_ms);
    this.sort();
    return Math.min(...fresh.map(({ t_ms: at }) => at));
  }

  sort() {
    this.triggers = this.events.filter(isTrigger);
    this.inflations = firsts(this.events.filter(isInflate));
    this.deflations = firsts(this.events.filter(isDeflate));
    this.valves = this.events.filter((event) => isInflate(event) || isDeflate(event));
  }

  copy() {
    return Object.assign(new Marks(), this);
  }

  draw(context, { lanes, height, colour }, startMs, endMs, place) {
    const box = (name) => {
      const row = lanes.findIndex((lane) => lane.name === name);
      return row < 0 ? null : laneBox(lanes, row, height);
    };
    const within = ({ t_ms: at }) => at >= startMs - 2 && at < endMs + 2;
    const line = (at, top, foot) => {
      context.beginPath();
      context.moveTo(place(at), top);
      context.lineTo(place(at), foot);
      context.stroke();
    };
    const [ecg, pleth, cuff] = [box("ecg"), box("pleth"), box("cuff")];
    this.windows(context, pleth, cuff, colour, startMs, endMs, place);
    context.lineWidth = 1;
    context.strokeStyle = colour("ink");
    for (const { t_ms: at } of ecg ? this.triggers.filter(within) : []) line(at, ecg.foot - TICK_PX / 2, ecg.foot);
    for (const [events, name, dash] of [[this.inflations, "cuff", []], [this.deflations, "deflate", [3, 4]]]) {
      context.strokeStyle = colour(name);
      context.setLineDash(dash);
      for (const { t_ms: at } of pleth ? events.filter(within) : []) line(at, pleth.top, pleth.foot);
    }
    context.setLineDash([]);
    for (const event of cuff ? this.valves.filter(within) : []) {
      context.strokeStyle = colour(isInflate(event) ? "cuff" : "deflate");
      context.lineWidth = 2;
      // Inflation stands on the foot of the lane, deflation hangs from its top: shape says it as well as colour.
      if (isInflate(event)) line(event.t_ms, cuff.foot - TICK_PX, cuff.foot);
      else line(event.t_ms, cuff.top, cuff.top + TICK_PX);
    }
  }

  windows(context, pleth, cuff, colour, startMs, endMs, place) {
    if (!this.expected) return;
    const { rise_from_ms: from, rise_to_ms: to, empty_from_ms: emptyFrom, empty_to_ms: emptyTo } = this.expected;
    context.fillStyle = colour("window");
    for (const { t_ms: at } of this.triggers) {
      if (at + to < startMs || at + emptyFrom > endMs) continue;
      if (pleth) context.fillRect(place(at + from), pleth.top, place(at + to) - place(at + from), pleth.foot - pleth.top);
      if (cuff) context.fillRect(place(at + emptyFrom), cuff.top, place(at + emptyTo) - place(at + emptyFrom), cuff.foot - cuff.top);
    }
  }
}
