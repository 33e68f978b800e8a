// What is written over the waves in every frame: times, names and scales of the lanes, words of beats, notes of people.
import { AXIS_PX, BEATS_PX, stepFor } from "./replay-painter.js";

const FONT = "11px system-ui, sans-serif";
const DETAIL_TO_S = 16; // up to this window each beat has its words and its D/S
const LETTERS_TO_S = 90;
const SHAPES = { foot: ["▿", 9], notch: ["◇", 9], augmentation: ["▵", -8] }; // and how far from the wave

export const elapsed = (seconds, digits = 0) => {
  const whole = Math.max(0, seconds);
  const minutes = Math.floor(whole / 60);
  return `${minutes}:${(whole - 60 * minutes).toFixed(digits).padStart(digits ? 3 + digits : 2, "0")}`;
};

export class Labels {
  constructor(data, painter, words, colour) {
    Object.assign(this, { data, painter, words, colour });
  }

  draw(context, from, pxPerS) {
    const view = { context, from, to: from + this.painter.width / pxPerS, x: (seconds) => (seconds - from) * pxPerS };
    context.font = FONT;
    context.textBaseline = "middle";
    this.axis(view, pxPerS);
    this.lanes(view);
    if (this.painter.beats) this.beats(view);
    this.marks(view);
  }

  axis({ context, from, to, x }, pxPerS) {
    const step = stepFor(pxPerS, 80);
    context.fillStyle = this.colour("ink");
    context.textAlign = "left";
    for (let at = Math.max(0, Math.ceil(from / step)); at * step < Math.min(to, this.data.duration_s); at += 1) {
      context.fillRect(Math.round(x(at * step)), AXIS_PX - 6, 1, 6);
      context.fillText(elapsed(at * step, step < 1 ? 1 : 0), x(at * step) + 3, AXIS_PX / 2);
    }
  }

  lanes({ context }) {
    context.textAlign = "left";
    for (const { channel, top, height } of this.painter.lanes) {
      const cuff = channel.name.startsWith("CUFF");
      this.boxed(context, channel.label, 4, top + 10, this.colour(cuff ? "cuff" : channel.name.toLowerCase()));
      if (channel.low === null) {
        this.boxed(context, this.words.nothing, 4, top + height / 2, this.colour("ink"));
        continue;
      }
      if (!channel.unit) continue;
      const digits = cuff ? 0 : 1;
      this.boxed(context, `${channel.high.toFixed(digits)} ${channel.unit}`, 4, top + 24, this.colour("ink"));
      this.boxed(context, `${Math.max(cuff ? 0 : -Infinity, channel.low).toFixed(digits).replace("-", "−")} ${channel.unit}`, 4, top + height - 8, this.colour("ink"));
    }
    this.boxed(context, this.words.beats, 4, AXIS_PX + 10, this.colour("ink"));
    this.boxed(context, this.words.valves, 4, this.painter.valvesTop + 8, this.colour("ink"));
  }

  boxed(context, text, x, y, colour) {
    context.globalAlpha = 0.75;
    context.fillStyle = this.colour("ground");
    context.fillRect(x - 3, y - 7, context.measureText(text).width + 6, 14);
    context.globalAlpha = 1;
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  beats(view) {
    const { context, from, to, x } = view;
    const { beats } = this.painter;
    if (to - from > LETTERS_TO_S) return;
    const detailed = to - from <= DETAIL_TO_S;
    for (let index = Math.max(0, beats.at(from) - 1); index < beats.count && beats.r[index] / 1e4 < to; index += 1) {
      const place = x(beats.r[index] / 1e4) + 2;
      const flags = beats.flagsOf(index);
      context.textAlign = "left";
      if (flags.length) {
        context.fillStyle = this.painter.flagColour(flags[0]);
        context.fillText(detailed ? this.words.flag[flags[0]] : flags.slice(0, 2).map((flag) => this.words.letter[flag]).join(" "), place, AXIS_PX + 10);
      }
      if (detailed) this.detail(view, index, place);
    }
  }

  detail({ context, x }, index, place) {
    const { beats, lanes, tiles } = this.painter;
    const ratio = beats.ratio("ds_peak", index);
    context.fillStyle = this.colour("ink");
    if (!Number.isNaN(ratio)) context.fillText(`D/S ${ratio.toFixed(2)}`, place, AXIS_PX + BEATS_PX - 16);
    const lane = lanes.find(({ channel }) => channel.name === "PLETH");
    if (!lane || lane.channel.low === null) return;
    const { low, high } = lane.channel;
    const scale = (lane.height - 10) / ((high - low || 1) * 1.1);
    context.textAlign = "center";
    for (const [name, [shape, away]] of Object.entries(SHAPES)) {
      const at = beats.seconds(name, index);
      const value = Number.isNaN(at) ? NaN : tiles.valueAt(lane.number, at);
      if (Number.isNaN(value)) continue;
      const y = lane.top + lane.height / 2 - (value - (high + low) / 2) * scale;
      context.fillText(shape, x(at), y + away);
    }
    context.textAlign = "left";
  }

  // What people charted, as a line through all lanes with its word below.
  marks({ context, from, to, x }) {
    context.textAlign = "left";
    let free = -Infinity; // words stand beside each other, not over each other
    for (const [at, kind, label] of this.data.marks) {
      if (kind === "gap" || at < from - 30 || at > to) continue;
      context.fillStyle = this.colour("ink");
      context.globalAlpha = 0.55;
      context.fillRect(x(at), AXIS_PX, 1, this.painter.height - AXIS_PX);
      context.globalAlpha = 1;
      if (x(at) < free) continue;
      this.boxed(context, label, x(at) + 5, this.painter.valvesTop - 9, this.colour("ink"));
      free = x(at) + context.measureText(label).width + 12;
    }
  }
}
