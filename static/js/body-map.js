// A tap on a place of the body map opens its field; a place that is marked is drawn so at once.
for (const map of document.querySelectorAll("[data-body-map]")) {
  const partOf = new Map([...map.querySelectorAll("[data-field]")].map((part) => [part.dataset.field, part]));

  map.addEventListener("click", (event) => {
    const part = event.target.closest("[data-field]");
    if (!part) return;
    event.preventDefault();
    const field = document.getElementById(part.dataset.field);
    field.focus();
    try {
      field.showPicker();
    } catch {
      // Where a browser cannot open it, the focus is there all the same.
    }
  });

  map.addEventListener("change", (event) => {
    partOf.get(event.target.id)?.classList.toggle("is-marked", event.target.value !== "");
  });
}
