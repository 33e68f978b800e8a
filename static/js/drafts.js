// Nothing typed is lost: finds the forms that keep drafts, brings back what was typed before, and sees to it that what is
// typed reaches the server before the page goes.
import { DraftForm } from "./draft-form.js";
import { Vault } from "./draft-vault.js";
import { link, place } from "./server-link.js";

export const vault = new Vault(place.dataset.user, place.dataset.key);
const forms = new Map();

const subjectsHere = () => {
  const left = [...document.querySelectorAll("[data-left-over]")].map(({ dataset }) => dataset.leftOver);
  return new Set([...[...forms.values()].map(({ subject }) => subject), ...left]);
};

// What was typed of a form: of the server's and this browser's fields the newer; what was saved since is let go.
const newest = async (form, server, records) => {
  const settled = server?.settled ?? [];
  await vault.forget(form.subject, form.name, settled);
  const found = { ...(server?.fields ?? {}) };
  const ours = new Set();
  for (const record of records.filter(({ form: name }) => name === form.name)) {
    for (const [name, field] of Object.entries(record.fields)) {
      if (settled.includes(field.life) || (found[name] && found[name].at >= field.at)) continue;
      found[name] = field;
      ours.add(name);
    }
  }
  return { found, ours };
};

const showLeft = (subject, form, fields) => {
  const panel = document.querySelector(`[data-left-over="${CSS.escape(subject)}"]`);
  const entries = Object.values(fields).filter(({ v }) => v.some(Boolean));
  if (!panel || !entries.length) return false;
  const part = panel.querySelector("template").content.firstElementChild.cloneNode(true);
  for (const { label, v } of entries) {
    const term = Object.assign(document.createElement("dt"), { textContent: label });
    part.querySelector("dl").append(term, Object.assign(document.createElement("dd"), { textContent: v.join(", ") }));
  }
  part.querySelector("button").addEventListener("click", async () => {
    const lives = [...new Set(Object.values(fields).map(({ life }) => life))];
    const url = place.dataset.formUrl.replace("SUBJECT", encodeURIComponent(subject)).replace("FORM", form);
    if (!(await link.ask(url, { method: "DELETE", body: { lives } }))) return;
    await vault.forget(subject, form, lives);
    part.remove();
    panel.hidden = !panel.querySelector("dl");
  });
  panel.append(part);
  panel.hidden = false;
  return true;
};

const restore = async (subject) => {
  const records = await vault.all(subject);
  const said = await link.ask(place.dataset.subjectUrl.replace("SUBJECT", encodeURIComponent(subject)));
  const server = said?.drafts ?? {};
  for (const name of new Set([...Object.keys(server), ...records.map(({ form }) => form)])) {
    const form = [...forms.values()].find((each) => each.subject === subject && each.name === name && !each.isRestored);
    const { found, ours } = await newest(form ?? { subject, name }, server[name], records);
    if (form) form.isRestored = true;
    const isElsewhere = !form && document.querySelector(`form[data-draft="${CSS.escape(`${subject} ${name}`)}"]`);
    const left = form ? form.restore(found, ours) : found;
    if (!isElsewhere && !showLeft(subject, name, left)) form?.sayLeft(left);
  }
};

const bindAll = () => {
  const before = forms.size;
  for (const [element] of forms) if (!element.isConnected) forms.delete(element);
  for (const element of document.querySelectorAll("form[data-draft]")) {
    if (!forms.has(element)) forms.set(element, new DraftForm(element, vault));
  }
  return forms.size !== before;
};

export const draftOf = (form) => forms.get(form);

export const sendAll = (options) => Promise.all([...forms.values()].map((form) => form.send(options)));

export const isAllOnServer = () => [...forms.values()].every((form) => form.isOnServer);

link.addEventListener("turn", () => link.state === "there" && sendAll());

// A part that htmx brings may hold a form; what was saved with it, and what was typed meanwhile, is put in its place.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = forms.get(event.detail.elt);
  if (form && event.detail.xhr?.getResponseHeader("X-Draft-Saved")) form.settled();
});
document.addEventListener("htmx:load", () => {
  const known = new Set(forms.keys());
  bindAll();
  for (const [element, form] of forms) if (!known.has(element)) restore(form.subject);
});

addEventListener("visibilitychange", () => document.hidden && sendAll({ keepalive: true }));
addEventListener("pagehide", () => sendAll({ keepalive: true }));

bindAll();
for (const subject of subjectsHere()) restore(subject);
