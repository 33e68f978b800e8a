// A form marked data-guard or data-draft warns before typed work is left behind. Sending it, or an htmx save that
// succeeded, makes it clean again; a script that saves in another way dispatches "guard:clean" on the form: a draft does
// when all of it has reached the server.
const unsaved = new Set();

const GUARDED = "form[data-guard], form[data-draft]";
const guarded = (target) => target.closest?.(GUARDED) ?? target.form?.closest(GUARDED);

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const form = guarded(event.target);
    if (form) unsaved.add(form);
  });
}

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) unsaved.delete(event.target);
});

document.addEventListener("guard:clean", (event) => unsaved.delete(event.target));

// What was typed while the request travelled is not in it: only what is unchanged since it left counts as saved.
const typedSince = new WeakMap();
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = guarded(event.detail.elt);
  if (form && unsaved.has(form)) typedSince.set(form, new URLSearchParams(new FormData(form)).toString());
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = guarded(event.detail.elt);
  if (!form || !event.detail.successful || event.detail.requestConfig.verb === "get") return;
  if (new URLSearchParams(new FormData(form)).toString() === typedSince.get(form)) unsaved.delete(form);
});

addEventListener("beforeunload", (event) => {
  for (const form of unsaved) if (!form.isConnected) unsaved.delete(form);
  if (unsaved.size) event.preventDefault();
});
