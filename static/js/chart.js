// Line charts: <figure data-chart="ID"> with a json_script of that id (its shape stands in partials/_chart.html).
// Needs the global uPlot, loaded before this module. Without it the table that is already on the page stays open.

const colours = (element) => {
  // A custom property may hold light-dark(); only a computed colour is something a canvas understands.
  const probe = document.createElement("span");
  element.append(probe);
  const read = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const palette = Object.fromEntries(
    ["ink", "quiet", "line", "panel", "accent", "go", "go-weak", "look"].map((name) => [name, read(name)]),
  );
  probe.remove();
  return palette;
};

const HEIGHT_PX = 220;

const columns = (rows) => rows[0].map((_, column) => rows.map((row) => row[column]));

const range = (given, fallback) => (given === null || given === undefined ? fallback : given);

// 1.0 beside 1.5, not 1 beside 1.5: every tick with the decimals of the finest.
const evenly = (ticks) => {
  const decimals = Math.max(...ticks.map((tick) => (String(tick).split(".")[1] ?? "").length));
  return ticks.map((tick) => tick.toFixed(decimals));
};

const bandBehind = (band, palette) => (u) => {
  if (!band) return;
  const { ctx, bbox } = u;
  const top = u.valToPos(Math.min(band.high, u.scales.y.max), "y", true);
  const bottom = u.valToPos(Math.max(band.low, u.scales.y.min), "y", true);
  ctx.save();
  ctx.fillStyle = palette["go-weak"];
  ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
  ctx.fillStyle = palette.go;
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  ctx.fillText(band.label, bbox.left + bbox.width - 6 * devicePixelRatio, bottom - 6 * devicePixelRatio);
  ctx.restore();
};

const options = (data, palette, width, onCursor) => {
  const strokes = [palette.accent, palette.look, palette.quiet];
  const axis = { stroke: palette.quiet, font: "12px system-ui, sans-serif", ticks: { show: false } };
  return {
    width,
    height: range(data.height, HEIGHT_PX),
    scales: {
      x: { time: false, range: (u, low, high) => [range(data.x_min, low), range(data.x_max, high)] },
      y: { range: (u, low, high) => [range(data.y_min, low), range(data.y_max, high)] },
    },
    axes: [
      { ...axis, grid: { show: false }, incrs: [1, 2, 5, 10, 20, 50, 100], size: 28 },
      { ...axis, grid: { stroke: palette.line, width: 1 }, size: 44, values: (u, ticks) => evenly(ticks) },
    ],
    series: [
      { label: data.x_label },
      ...data.series.map((label, index) => ({
        label,
        stroke: strokes[index % strokes.length],
        dash: index ? [6, 4] : undefined, // a second line differs in more than colour
        width: 2,
        spanGaps: false,
        points: { show: true, size: data.height ? 4 : 7, fill: index ? palette.panel : palette.accent },
      })),
    ],
    cursor: { drag: { x: false, y: false }, y: false },
    legend: { show: false },
    hooks: { drawClear: [bandBehind(data.band, palette)], setCursor: [(u) => onCursor(u.cursor.idx)] },
  };
};

const bind = (figure) => {
  const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  const plot = figure.querySelector("[data-plot]");
  const readout = figure.querySelector("[data-readout]");
  if (!data.rows.length) return;

  plot.hidden = false;
  figure.querySelector("[data-table]").open = false;
  const values = columns(data.rows);
  let chart = null;
  let at = null;

  const say = (index) => {
    at = index ?? at;
    if (at === null) return;
    const [x, ...ys] = data.rows[at];
    const parts = ys.map((y, i) => `${data.series[i]} ${y ?? "–"}${data.unit && y !== null ? ` ${data.unit}` : ""}`);
    readout.replaceChildren(Object.assign(document.createElement("b"), { textContent: `${data.x_label} ${x}` }), ` · ${parts.join(" · ")}`);
  };

  const draw = () => {
    chart?.destroy();
    if (!plot.isConnected) return forget();
    chart = new uPlot(options(data, colours(plot), plot.clientWidth, say), values, plot);
    return undefined;
  };

  const step = (by) => {
    at = Math.min(Math.max((at ?? (by > 0 ? -1 : data.rows.length)) + by, 0), data.rows.length - 1);
    chart.setCursor({ left: chart.valToPos(values[0][at], "x"), top: 0 });
    say(at);
  };

  plot.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    step(by);
  });
  new ResizeObserver(() => chart && plot.clientWidth && chart.setSize({ width: plot.clientWidth, height: range(data.height, HEIGHT_PX) })).observe(plot);
  const theme = new MutationObserver(draw);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  // A chart that was swapped away is let go of at the next one's swap, not kept for as long as the page lives.
  const forget = () => {
    theme.disconnect();
    scheme.removeEventListener("change", draw);
    document.removeEventListener("htmx:afterSettle", leave);
  };
  const leave = () => {
    if (plot.isConnected) return;
    chart?.destroy();
    forget();
  };
  theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  scheme.addEventListener("change", draw);
  document.addEventListener("htmx:afterSettle", leave);
  draw();
};

const bindAll = (root) => {
  if (!globalThis.uPlot) return;
  for (const figure of root.querySelectorAll("[data-chart]:not([data-bound])")) {
    figure.dataset.bound = "";
    bind(figure);
  }
};

bindAll(document);
document.addEventListener("htmx:load", (event) => bindAll(event.detail.elt.parentElement ?? document));

// Charts that come again and again wait while somebody steps through them.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target } = event.detail;
  if (target.matches("[data-keep-focus]") && target.contains(document.activeElement)) event.detail.shouldSwap = false;
});
