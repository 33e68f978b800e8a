// A strip of minutes is one stop of the Tab key: <div data-strip> with links; arrow keys, Home and End walk along it.
// The minute that was opened is marked. Without this script every link is a stop of its own and works.

const links = (strip) => [...strip.querySelectorAll("a")];

const rest = (strip, on) => {
  for (const link of links(strip)) link.tabIndex = link === on ? 0 : -1;
};

const mark = (strip, on) => {
  for (const link of links(strip)) {
    if (link === on) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  rest(strip, on ?? links(strip)[0]);
};

const walk = (strip, event) => {
  const all = links(strip);
  const at = all.indexOf(document.activeElement);
  if (at < 0) return;
  const to = {
    ArrowLeft: Math.max(0, at - 1),
    ArrowRight: Math.min(all.length - 1, at + 1),
    Home: 0,
    End: all.length - 1,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  rest(strip, all[to]);
  all[to].focus();
};

const enliven = (part) => {
  for (const strip of part.querySelectorAll("[data-strip]")) {
    const all = links(strip);
    if (!all.length) continue;
    rest(strip, strip.querySelector("[aria-current]") ?? all[0]);
    strip.addEventListener("keydown", (event) => walk(strip, event));
  }
};

enliven(document);
// A report that came after the page brings a strip of its own.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt.id === "report") enliven(event.detail.elt);
});

// Whatever asked for a minute (a cell, the worst minute, a neighbour), its cell is the current one.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "minute") return;
  const path = event.detail.pathInfo.requestPath;
  for (const strip of document.querySelectorAll("[data-strip]")) {
    const on = links(strip).find((link) => link.getAttribute("hx-get") === path);
    if (on) mark(strip, on);
  }
});
