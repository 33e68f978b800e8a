// What a draft keeps of a form's fields, as texts by name, the way the form would send them. Secrets never: passwords,
// files, hidden inputs, and whatever is marked data-no-draft.
const SKIPPED = new Set(["password", "file", "hidden", "submit", "button", "reset", "image", "fieldset", "output"]);
const SECRET = /passw|secret|token|csrf|otp/i;

export const isKept = (element) =>
  Boolean(element.name) && !element.disabled && !SKIPPED.has(element.type) && !SECRET.test(element.name) && !element.closest("[data-no-draft]");

const textsOf = (element) => {
  if (["checkbox", "radio"].includes(element.type)) return element.checked ? [element.value] : [];
  if (element.multiple) return [...element.selectedOptions].map(({ value }) => value);
  return [element.value];
};

export const read = (form) => {
  const values = {};
  for (const element of form.elements) {
    if (isKept(element)) (values[element.name] ??= []).push(...textsOf(element));
  }
  return values;
};

export const elementsOf = (form, name) => [...form.elements].filter((element) => element.name === name && isKept(element));

export const write = (form, name, texts) => {
  const elements = elementsOf(form, name);
  for (const element of elements) {
    if (["checkbox", "radio"].includes(element.type)) element.checked = texts.includes(element.value);
    else if (element.multiple) for (const option of element.options) option.selected = texts.includes(option.value);
    else element.value = texts[0] ?? "";
  }
  elements[0]?.dispatchEvent(new Event("input", { bubbles: true }));
};

export const labelOf = (form, name) => {
  const element = elementsOf(form, name)[0];
  const label = element?.closest("fieldset.field")?.querySelector("legend") ?? element?.labels?.[0];
  const seen = label?.cloneNode(true);
  for (const part of seen?.querySelectorAll(".visually-hidden, [aria-hidden], .field-required") ?? []) part.remove();
  return (seen?.textContent ?? name).trim().replace(/\s+/g, " ").slice(0, 80);
};

export const same = (one, other) => JSON.stringify(one ?? []) === JSON.stringify(other ?? []);
