// A form marked data-upload="MOST BYTES" shows how much of its files is sent, and does not send what would be refused.
const shown = (form, name, isShown) => {
  form.querySelector(`[data-upload-${name}]`).hidden = !isShown;
};

const bytesOf = (form) =>
  [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]).reduce((sum, file) => sum + file.size, 0);

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt.closest("[data-upload]");
  if (!form) return;
  const isTooLarge = bytesOf(form) > Number(form.dataset.upload);
  shown(form, "too-large", isTooLarge);
  shown(form, "progress", !isTooLarge);
  if (isTooLarge) event.preventDefault();
});

document.addEventListener("htmx:xhr:progress", (event) => {
  const form = event.target.closest("[data-upload]");
  if (!form || !event.detail.lengthComputable) return;
  const percent = (100 * event.detail.loaded) / event.detail.total;
  const label = form.querySelector("[data-upload-progress] label");
  form.querySelector("progress").value = percent;
  label.textContent = percent < 100 ? label.dataset.sending : label.dataset.reading;
});

// Refused: the files stay chosen, the reason stands in the page's message region.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest("[data-upload]");
  if (form && !event.detail.successful) shown(form, "progress", false);
});
