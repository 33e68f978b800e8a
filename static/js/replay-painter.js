// Paints stretches of a recording. A stretch of so many pixels is painted once into a canvas of its own and then only
// copied, so that moving along costs the same at every zoom; what came from a coarser tile is painted again later.
import { MISSING } from "./replay-tiles.js";

const PIECE_PX = 512;
const PIECES_KEPT = 24;
const WEIGHTS = { ECG: 1.5, PLETH: 1.5 };
const CUFFS = ["calf", "thigh", "hip"];
const MARKS_TO_S = 60; // a window longer than this shows no marks of single beats within the lanes
export const AXIS_PX = 22;
export const BEATS_PX = 40;
export const VALVES_PX = 34;

// Steps of the grid, of which each is at least so many pixels wide.
const STEPS_S = [0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 600, 1800];
export const stepFor = (pxPerS, least) => STEPS_S.find((step) => step * pxPerS >= least) ?? 3600;

export class Painter {
  constructor(data, tiles, colour) {
    Object.assign(this, { data, tiles, colour, beats: null, events: null });
    this.pieces = new Map();
  }

  // The rows of the picture, from top to bottom, for this height.
  resize(width, height, ratio) {
    Object.assign(this, { width, height, ratio });
    const { channels } = this.data;
    const weights = channels.map((channel) => WEIGHTS[channel.name] ?? 0.9);
    const room = height - AXIS_PX - BEATS_PX - VALVES_PX;
    const unit = room / weights.reduce((sum, weight) => sum + weight, 0);
    let top = AXIS_PX + BEATS_PX;
    this.lanes = channels.map((channel, number) => {
      const lane = { channel, number, top, height: weights[number] * unit };
      top += lane.height;
      return lane;
    });
    this.valvesTop = top;
    this.pieces.clear();
  }

  forget() {
    this.pieces.clear();
  }

  // After tiles came: what was painted without them is painted again when it is next looked at.
  forgetUnfinished() {
    for (const [key, piece] of this.pieces) if (!piece.whole) this.pieces.delete(key);
  }

  // Draws from `from` on with so many pixels a second, onto the context of the canvas that is seen.
  draw(context, from, pxPerS) {
    if (pxPerS !== this.pxPerS) {
      this.pxPerS = pxPerS;
      this.pieces.clear();
    }
    context.fillStyle = this.colour("ground");
    context.fillRect(0, 0, this.width, this.height);
    const start = from * pxPerS;
    const first = Math.floor(start / PIECE_PX);
    const last = Math.floor((start + this.width) / PIECE_PX);
    for (let index = first; index <= last; index += 1) {
      const place = Math.round((index * PIECE_PX - start) * this.ratio) / this.ratio;
      context.drawImage(this.piece(index).canvas, place, 0, PIECE_PX, this.height);
    }
    // One a frame ahead of where one moves, so that no frame has to paint two.
    const ahead = this.before > from ? first - 1 : last + 1;
    if (this.before !== undefined && this.before !== from && !this.painted) this.piece(ahead);
    this.painted = false;
    this.before = from;
    return this.inView(first, last);
  }

  // Whether all that is seen was painted from tiles of its own level.
  inView(first, last) {
    for (let index = first; index <= last; index += 1) if (!this.pieces.get(index)?.whole) return false;
    return true;
  }

  piece(index) {
    const known = this.pieces.get(index);
    if (known) return known;
    this.painted = true;
    let canvas = null;
    if (this.pieces.size >= PIECES_KEPT) {
      const [oldest, piece] = this.pieces.entries().next().value;
      this.pieces.delete(oldest);
      ({ canvas } = piece);
    }
    const made = this.paint(index, canvas ?? document.createElement("canvas"));
    this.pieces.set(index, made);
    return made;
  }

  paint(index, canvas) {
    canvas.width = Math.round(PIECE_PX * this.ratio);
    canvas.height = Math.round(this.height * this.ratio);
    const context = canvas.getContext("2d", { alpha: false });
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.fillStyle = this.colour("ground");
    context.fillRect(0, 0, PIECE_PX, this.height);
    const from = (index * PIECE_PX) / this.pxPerS;
    const to = from + PIECE_PX / this.pxPerS;
    const stretch = { context, from, to, x: (seconds) => (seconds - from) * this.pxPerS };
    this.grid(stretch);
    this.gaps(stretch);
    if (this.beats) this.beatBands(stretch);
    if (this.events) this.valves(stretch);
    const whole = this.waves(stretch);
    return { canvas, whole };
  }

  grid({ context, from, to, x }) {
    const step = stepFor(this.pxPerS, 24);
    context.fillStyle = this.colour("grid");
    for (let at = Math.ceil(from / step); at * step < to; at += 1) context.fillRect(Math.round(x(at * step)), AXIS_PX, 1, this.height);
    for (const lane of this.lanes) context.fillRect(0, Math.round(lane.top), PIECE_PX, 1);
    context.fillRect(0, Math.round(this.valvesTop), PIECE_PX, 1);
    context.fillStyle = this.colour("ground");
    const end = x(this.data.duration_s);
    if (end < PIECE_PX) context.fillRect(end, 0, PIECE_PX, this.height);
    if (x(0) > 0) context.fillRect(0, 0, x(0), this.height);
  }

  gaps({ context, from, to, x }) {
    context.fillStyle = this.colour("grid");
    for (const [start, stop, lanes] of this.data.gaps) {
      if (stop < from || start > to) continue;
      for (const number of lanes) {
        const lane = this.lanes[number];
        context.fillRect(x(start), lane.top + 2, Math.max(1, x(stop) - x(start)), lane.height - 4);
      }
    }
  }

  flagColour(flag) {
    return this.colour(flag === 4 ? "missed" : flag < 4 ? "ectopic" : "timing");
  }

  // The row of beats: a tick at each R; a flagged beat in its colour, from its R to the next.
  beatBands({ context, from, to, x }) {
    const { beats } = this;
    const seconds = (to - from) * (this.width / PIECE_PX);
    for (let index = Math.max(0, beats.at(from) - 1); index < beats.count && beats.r[index] / 1e4 < to; index += 1) {
      const r = beats.r[index] / 1e4;
      const [flag] = beats.flagsOf(index);
      if (flag) {
        context.fillStyle = this.flagColour(flag);
        context.fillRect(x(r), AXIS_PX + BEATS_PX - 8, Math.max(1, Math.min(x(beats.end(index)) - x(r) - 1, 2 * this.pxPerS)), 6);
        if (seconds <= MARKS_TO_S) {
          context.globalAlpha = 0.1;
          context.fillRect(x(r), AXIS_PX + BEATS_PX, Math.min(x(beats.end(index)) - x(r) - 1, 2 * this.pxPerS), this.valvesTop - AXIS_PX - BEATS_PX);
          context.globalAlpha = 1;
        }
      }
      if (seconds > 4 * MARKS_TO_S) continue;
      context.fillStyle = this.colour("ink");
      context.fillRect(x(r), AXIS_PX + BEATS_PX - 8, 1, 6);
    }
  }

  // Below the waves: a tick for each trigger, a bar for each cuff from inflation to deflation.
  valves({ context, from, to, x }) {
    if ((to - from) * (this.width / PIECE_PX) > 2 * MARKS_TO_S) return;
    const open = {};
    this.events.between(from - 2, to + 2, (kind, cuff, at) => {
      if (kind === "trigger") {
        context.fillStyle = this.colour("ecg");
        context.fillRect(x(at), this.valvesTop + 3, 1.5, 8);
        return;
      }
      const top = this.valvesTop + 14 + 6 * CUFFS.indexOf(cuff);
      if (kind === "inflate") open[cuff] = at;
      else if (open[cuff] !== undefined) {
        context.fillStyle = this.colour("cuff");
        context.fillRect(x(open[cuff]), top, Math.max(1, x(at) - x(open[cuff])), 4);
        delete open[cuff];
      }
    });
  }

  // Returns whether everything was painted from tiles of the level that this zoom asks for.
  waves(stretch) {
    const level = this.tiles.levelFor(1 / (this.pxPerS * this.ratio));
    const from = Math.max(0, stretch.from - 2 / this.pxPerS);
    const to = Math.min(this.data.duration_s, stretch.to + 2 / this.pxPerS);
    let whole = true;
    const ends = []; // where the line of each lane ended in the tile before
    for (let at = Math.floor(from / this.tiles.span(level)); at * this.tiles.span(level) < to; at += 1) {
      const [start, stop] = [at * this.tiles.span(level), (at + 1) * this.tiles.span(level)];
      const tile = this.tiles.get(level, at);
      whole &&= tile !== null;
      const shown = tile ?? this.coarser(level, start);
      if (!shown) continue;
      for (const lane of this.lanes) {
        const part = shown[lane.number];
        ends[lane.number] = this.wave(stretch, lane, part, Math.max(from, start), Math.min(to, stop), ends[lane.number]);
      }
    }
    return whole;
  }

  coarser(level, start) {
    for (let above = level + 1; above < this.data.levels.length; above += 1) {
      const tile = this.tiles.peek(above, Math.floor(start / this.tiles.span(above) + 1e-9));
      if (tile) return tile;
    }
    return null;
  }

  // Returns where the line ended, for the tile after this one: tiles meet without a seam.
  wave({ context, x }, lane, part, from, to, before) {
    const { channel } = lane;
    if (channel.low === null) return null;
    const scale = (lane.height - 10) / ((channel.high - channel.low || 1) * 1.1) / channel.scale;
    const middle = ((channel.high + channel.low) / 2) * channel.scale;
    const centre = lane.top + lane.height / 2;
    const half = lane.height / 2 - 1;
    const y = (count) => centre - Math.max(-half, Math.min(half, (count - middle) * scale));
    const first = Math.max(0, Math.floor(from / part.step) - 1 - part.first);
    const last = Math.min(part.low.length - 1, Math.ceil(to / part.step) + 1 - part.first);
    const shift = part.own ? 0.5 : 0; // a bucket is drawn in its middle
    context.strokeStyle = this.colour(channel.name.startsWith("CUFF") ? "cuff" : channel.name.toLowerCase());
    context.lineWidth = part.own ? 1 : 1.3;
    context.lineJoin = "round";
    context.beginPath();
    let pen = false;
    if (before && before.step === part.step && before.next === part.first && first === 0) {
      context.moveTo(before.x, before.y);
      pen = true;
    }
    let [endX, endY] = [0, 0];
    for (let at = first; at <= last; at += 1) {
      if (part.high[at] === MISSING) {
        pen = false;
        continue;
      }
      const place = x((part.first + at + shift) * part.step);
      const low = y(part.low[at]);
      if (pen) context.lineTo(place, low);
      else context.moveTo(place, low);
      if (part.own) context.lineTo(place, y(part.high[at]) - 0.5);
      else if (!pen) context.lineTo(place + 0.5, low); // a lone sample is a dot
      pen = true;
      [endX, endY] = [place, low];
    }
    context.stroke();
    return pen ? { x: endX, y: endY, step: part.step, next: part.first + last + 1 } : null;
  }
}
