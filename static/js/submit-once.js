// A form marked data-submit-once is sent once: a second click while the first is under way does nothing.
// Buttons are marked, not disabled, because a disabled button's own name and value would not be sent.
const underWay = new WeakSet();

const mark = (form, busy) => {
  for (const button of form.querySelectorAll("button:not([type=button]), input[type=submit]")) {
    if (busy) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
};

const release = (form) => {
  underWay.delete(form);
  mark(form, false);
};

// In the capture phase, so that the second submit is stopped before htmx sees it.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches("[data-submit-once]")) return;
    if (underWay.has(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    underWay.add(form);
    setTimeout(() => mark(form, true));
  },
  true,
);

// The answer to an htmx form arrives on the same page; a page kept by the browser comes back as it was left.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest("form");
  if (form) release(form);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("[data-submit-once]").forEach(release);
});
