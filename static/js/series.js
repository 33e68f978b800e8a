// Pictures of a course: <figure data-series> with the server's SVG and a table whose rows know their place in it.
// Pointer and arrow keys walk along the values; Enter and a click open the page behind one. The values are the table's.

const SVG = "http://www.w3.org/2000/svg";

const words = (figure, row) => {
  const heads = [...figure.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  const [name, ...values] = [...row.cells].map((cell) => cell.textContent.trim());
  const told = values.map((value, index) => `${heads[index + 1]} ${value}`).join(" · ");
  return [`${heads[0]} ${name}`, ` · ${told}`];
};

const cursorIn = (svg, plot) => {
  const line = document.createElementNS(SVG, "line");
  line.setAttribute("class", "p-cursor");
  line.setAttribute("y1", plot.dataset.top);
  line.setAttribute("y2", plot.dataset.bottom);
  line.setAttribute("visibility", "hidden");
  svg.append(line);
  return line;
};

const bind = (figure) => {
  const plot = figure.querySelector("[data-plot]");
  const rows = [...figure.querySelectorAll("tr[data-place]")];
  const svg = plot?.querySelector("svg");
  if (!svg || !rows.length) return;
  figure.querySelector("[data-table]").open = false;
  plot.tabIndex = 0;
  const readout = figure.querySelector("[data-readout]");
  const places = rows.map((row) => Number(row.dataset.place));
  const line = cursorIn(svg, plot);
  let at = null;

  const show = (index) => {
    if (index === at) return;
    at = index;
    line.setAttribute("x1", places[at]);
    line.setAttribute("x2", places[at]);
    line.setAttribute("visibility", "visible");
    const [head, rest] = words(figure, rows[at]);
    readout.replaceChildren(Object.assign(document.createElement("b"), { textContent: head }), rest);
  };

  const nearest = (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    return places.reduce((best, place, index) => (Math.abs(place - x) < Math.abs(places[best] - x) ? index : best), 0);
  };

  const open = () => rows[at]?.querySelector("a")?.click();

  plot.addEventListener("pointermove", (event) => show(nearest(event)));
  plot.addEventListener("click", (event) => {
    const index = nearest(event);
    // A finger's first touch shows the value, its second opens what is behind it; a mouse has shown it already.
    if (index === at) open();
    else show(index);
  });
  plot.addEventListener("keydown", (event) => {
    if (event.key === "Enter") open();
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    show(Math.min(Math.max((at ?? (by > 0 ? -1 : rows.length)) + by, 0), rows.length - 1));
  });
};

for (const figure of document.querySelectorAll("[data-series]")) bind(figure);
