// The whole recording in one strip: grade of each minute, finger pulse, gaps, and the part that is in view.
import { MISSING } from "./replay-tiles.js";

const GRADES_PX = 18;
const GRADES = { A: ["grade-a", "on-grade-a"], B: ["grade-b", "on-grade-b"], C: ["grade-c", "on-grade-c"], D: ["grade-d", "on-grade-d"] };

export class Overview {
  constructor(canvas, data, tiles, colour, token) {
    Object.assign(this, { canvas, data, tiles, colour, token });
    this.context = canvas.getContext("2d");
    this.still = document.createElement("canvas");
  }

  resize() {
    this.ratio = devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    for (const canvas of [this.canvas, this.still]) {
      canvas.width = Math.round(this.width * this.ratio);
      canvas.height = Math.round(this.height * this.ratio);
      canvas.getContext("2d").setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    }
    this.redraw();
  }

  x(seconds) {
    return (seconds / this.data.duration_s) * this.width;
  }

  secondsAt(x) {
    return (x / this.width) * this.data.duration_s;
  }

  // What does not change while one moves.
  redraw() {
    const context = this.still.getContext("2d");
    context.fillStyle = this.colour("ground");
    context.fillRect(0, 0, this.width, this.height);
    this.grades(context);
    this.pulse(context);
    context.fillStyle = this.colour("missed");
    for (const [from, to] of this.data.gaps) context.fillRect(this.x(from), this.height - 4, Math.max(1, this.x(to) - this.x(from)), 4);
  }

  grades(context) {
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    this.data.grades.forEach((grade, minute) => {
      const left = this.x(60 * minute);
      const right = Math.min(this.width, this.x(60 * (minute + 1)));
      const [ground, ink] = GRADES[grade] ?? [null, null];
      context.fillStyle = ground ? this.token(ground) : this.colour("grid");
      context.fillRect(left, 0, Math.max(1, right - left - 1), GRADES_PX);
      if (right - left < 11) return;
      context.fillStyle = ink ? this.token(ink) : this.colour("ink");
      context.fillText(ground ? grade : "–", (left + right) / 2, GRADES_PX / 2 + 0.5);
    });
  }

  pulse(context) {
    const number = Math.max(0, this.data.channels.findIndex((channel) => channel.name === "PLETH"));
    const channel = this.data.channels[number];
    const level = this.tiles.levelFor(this.data.duration_s / this.width);
    if (!channel || channel.low === null) return;
    const room = this.height - GRADES_PX - 8;
    const y = (count) => GRADES_PX + 2 + room * Math.min(1, Math.max(0, (channel.high - count / channel.scale) / (channel.high - channel.low || 1)));
    context.fillStyle = this.colour("pleth");
    context.globalAlpha = 0.7;
    for (let index = 0; index < this.data.levels[level]; index += 1) {
      const part = this.tiles.get(level, index)?.[number];
      if (!part) continue;
      for (let at = 0; at < part.low.length; at += 1) {
        if (part.high[at] === MISSING) continue;
        const top = y(part.high[at]);
        context.fillRect(this.x((part.first + at) * part.step), top, 1, Math.max(1, y(part.low[at]) - top));
      }
    }
    context.globalAlpha = 1;
  }

  draw(from, span) {
    const { context } = this;
    context.drawImage(this.still, 0, 0, this.width, this.height);
    const left = this.x(from);
    const width = Math.max(3, this.x(span));
    context.fillStyle = this.colour("ground");
    context.globalAlpha = 0.5;
    context.fillRect(0, GRADES_PX, left, this.height);
    context.fillRect(left + width, GRADES_PX, this.width, this.height);
    context.globalAlpha = 1;
    context.strokeStyle = this.colour("ink");
    context.lineWidth = 2;
    context.strokeRect(left + 1, 1, width - 2, this.height - 2);
  }
}
