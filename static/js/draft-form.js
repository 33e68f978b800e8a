// One form with a draft: <form data-draft="SUBJECT FORM">. Keeps what is typed in this browser at once and on the server a
// moment later, and puts it back when the page is loaded again. Words stand in partials/_drafts.html.
import { elementsOf, isKept, labelOf, read, same, write } from "./draft-fields.js";
import { link, place } from "./server-link.js";

const REST_MS = 1500; // a pause in typing
const MOST_MS = 4000; // typing without a pause

const newLife = () => crypto.getRandomValues(new Uint32Array(3)).reduce((text, part) => text + part.toString(36), "");

export class DraftForm {
  constructor(form, vault) {
    [this.subject, this.name] = form.dataset.draft.split(" ");
    Object.assign(this, { form, vault, record: newLife(), life: newLife(), fields: {}, pending: new Set(), gone: new Set(), restored: {} });
    this.url = place.dataset.formUrl.replace("SUBJECT", encodeURIComponent(this.subject)).replace("FORM", this.name);
    this.shown = read(form);
    this.line = document.getElementById("draft-line").content.firstElementChild.cloneNode(true);
    (form.querySelector(".form-actions") ?? form).append(this.line);
    this.line.querySelector("[data-discard]").addEventListener("click", () => this.discard());
    form.autocomplete = "off"; // what was typed comes back from the draft, not from the browser's memory of another version
    // At the document: a field may stand elsewhere on the page and belong to the form by its attribute.
    const listen = (kind, act) => document.addEventListener(kind, ({ target }) => target.form === form && act(target));
    for (const kind of ["input", "change"]) listen(kind, (target) => isKept(target) && this.typed());
    listen("focusout", () => this.pending.size && this.send());
  }

  get isOnServer() {
    return !this.pending.size && !this.gone.size;
  }

  say(kind, values = {}) {
    if (kind === "kept" && this.kind === "notSent") return; // says it already, and more
    const text = Object.entries(values).reduce((words, [name, value]) => words.replace(`{${name}}`, value), this.line.dataset[kind]);
    this.line.hidden = false;
    this.line.querySelector(kind === "restored" ? "[data-put-back]" : "[data-words]").textContent = text;
    this.line.classList.toggle("is-look", !["saved", "discarded"].includes(kind));
    this.line.querySelector("[data-discard]").hidden = !Object.keys(this.restored).length;
    // Read aloud when it turns, not at every saving.
    if (kind !== this.kind) this.line.querySelector("[data-announce]").textContent = text;
    this.kind = kind;
  }

  typed() {
    const values = read(this.form);
    for (const name of Object.keys(values)) {
      if (same(values[name], this.fields[name]?.v ?? this.shown[name])) continue;
      if (same(values[name], this.shown[name])) {
        delete this.fields[name];
        this.pending.delete(name);
        this.gone.add(name);
      } else {
        this.fields[name] = this.field(name, values[name]);
        this.pending.add(name);
        this.gone.delete(name);
      }
    }
    this.mark();
    if (this.isOnServer) return;
    this.keep();
    this.firstTyped ??= Date.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), Math.min(REST_MS, Math.max(0, this.firstTyped + MOST_MS - Date.now())));
  }

  field(name, texts) {
    const base = this.form.querySelector("[data-draft-base]")?.value;
    const field = { v: texts, at: Math.round(link.now()), life: this.life, label: labelOf(this.form, name), was: this.shown[name] ?? [] };
    return base ? { ...field, base } : field;
  }

  async keep() {
    const kept = await this.vault.put(this.subject, this.name, this.record, this.fields);
    if (!this.isOnServer && link.state !== "there") this.say(kept ? "kept" : "unkept");
  }

  mark() {
    this.form.toggleAttribute("data-unsaved", Object.keys(this.fields).length > 0);
    document.dispatchEvent(new Event("drafts:typed"));
  }

  async send({ keepalive = false } = {}) {
    clearTimeout(this.timer);
    this.firstTyped = null;
    if (this.isOnServer || link.state === "other") return;
    if (this.sending && !keepalive) {
      this.again = true;
      return;
    }
    const names = [...this.pending].filter((name) => this.fields[name]);
    const gone = [...this.gone];
    const body = { fields: Object.fromEntries(names.map((name) => [name, this.fields[name]])), gone };
    this.sending = true;
    const said = await link.ask(this.url, { method: "POST", body, keepalive });
    this.sending = false;
    if (said) this.arrived(body, said);
    else this.say(link.state === "there" ? "refused" : this.vault.works ? "kept" : "unkept");
    if (this.again && said) this.send();
    this.again = false;
  }

  arrived(body, said) {
    for (const [name, field] of Object.entries(body.fields)) if (this.fields[name] === field) this.pending.delete(name);
    for (const name of body.gone) this.gone.delete(name);
    if (!this.isOnServer) return;
    this.form.dispatchEvent(new Event("guard:clean", { bubbles: true }));
    this.say("saved", { time: said.saved_at });
  }

  // Before the form goes: it names its draft, and what is typed from now on belongs to another.
  leave() {
    let named = this.form.querySelector("input[name=draft]");
    if (!named) {
      named = Object.assign(document.createElement("input"), { type: "hidden", name: "draft" });
      this.form.append(named);
    }
    const lives = new Set([this.life, ...Object.values(this.fields).map(({ life }) => life)]);
    named.value = `${this.subject} ${this.name} ${[...lives].slice(0, 20).join(",")}`;
    this.sentLives = lives;
    this.life = newLife();
    clearTimeout(this.timer);
  }

  // It was saved for real: what was sent is no draft any more.
  settled() {
    for (const [name, { life }] of Object.entries(this.fields)) if (this.sentLives?.has(life)) delete this.fields[name];
    this.pending = new Set([...this.pending].filter((name) => this.fields[name]));
    return this.vault.put(this.subject, this.name, this.record, this.fields);
  }

  // `found`: the newest of each field, of this browser or of the server; `ours` are the fields that the server knows not.
  restore(found, ours) {
    const withErrors = document.querySelector("[aria-invalid=true], .form-errors, .errorlist") !== null;
    const based = this.form.querySelector("[data-draft-base]");
    const left = {};
    for (const [name, field] of Object.entries(found)) {
      const isThere = elementsOf(this.form, name).length > 0;
      if (isThere && same(field.v, read(this.form)[name])) {
        if (withErrors) {
          this.fields[name] = field; // refused: it stands there, and is not saved
          this.shown[name] = field.was ?? [];
        } else this.gone.add(name); // the record has it
      } else if (!isThere || this.fields[name] || (!based && !same(field.was, this.shown[name]))) {
        left[name] = field;
      } else {
        this.restored[name] = field;
        this.fields[name] = field;
      }
      if (ours.has(name) && this.fields[name] === field) this.pending.add(name);
    }
    this.fill(based);
    return left;
  }

  // What may not be put back, because the record says something else now than when it was typed, is at least said.
  sayLeft(fields) {
    const part = this.line.querySelector("[data-left]");
    const said = Object.values(fields).map(({ label, v }) => `${label} “${v.join(", ")}”`);
    if (!said.length) return;
    part.textContent = part.dataset.text.replace("{fields}", said.join(", "));
    this.line.hidden = false;
    this.restored = { ...fields, ...this.restored };
    this.line.querySelector("[data-discard]").hidden = false;
  }

  fill(based) {
    const names = Object.keys(read(this.form)).filter((name) => this.restored[name]); // in the form's order
    if (names.length) {
      // The record may have changed since this was typed: the form says what it was typed over.
      const [oldest] = Object.values(this.restored).filter(({ base }) => base).sort((one, other) => one.at - other.at);
      if (based && oldest) based.value = oldest.base;
      const waiting = new Set(this.pending);
      for (const name of names) write(this.form, name, this.restored[name].v);
      this.pending = waiting;
      for (const element of names.flatMap((name) => elementsOf(this.form, name))) {
        for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      }
      this.say("restored", { fields: names.map((name) => this.restored[name].label ?? name).join(", ") });
    }
    this.mark();
    this.keep();
    if (this.isOnServer) this.form.dispatchEvent(new Event("guard:clean", { bubbles: true }));
    else this.send();
  }

  async discard() {
    const lives = [...new Set(Object.values(this.restored).map(({ life }) => life))];
    if (!(await link.ask(this.url, { method: "DELETE", body: { lives } }))) return;
    const names = Object.keys(this.restored).filter((name) => this.fields[name] === this.restored[name] || !this.fields[name]);
    this.restored = {};
    for (const part of this.line.querySelectorAll("[data-left], [data-put-back]")) part.textContent = "";
    for (const name of names) {
      delete this.fields[name];
      this.pending.delete(name);
      write(this.form, name, this.shown[name] ?? []);
    }
    await this.vault.forget(this.subject, this.name, lives);
    this.mark();
    this.say("discarded");
    this.form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  }
}
