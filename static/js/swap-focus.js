// After htmx replaced the part of the page that held the focus, the focus goes to what the new part names with
// data-focus, else to its first field in error, else to the part itself; never to the top of the page.
let within = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  within = event.detail.target?.contains(document.activeElement) ? document.activeElement.id : null;
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (within === null || (document.activeElement && document.activeElement !== document.body)) return;
  const part = event.detail.elt;
  if (!(part instanceof Element)) return; // a swap may begin with the white space before its first element
  const goal = part.querySelector("[data-focus], [aria-invalid=true]") ?? (within ? document.getElementById(within) : null) ?? part;
  if (!goal.matches("a, button, input, select, textarea, [tabindex]")) goal.tabIndex = -1;
  goal.focus({ preventScroll: goal === part });
  within = null;
});
