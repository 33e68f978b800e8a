// The browser's own copy of what is typed, so that a cut link or a dead server loses nothing. It is locked (AES-GCM) with
// a key that only a page of the same signed-in person has; it is dropped when it is saved, at sign-out, and after twelve
// hours. One record a loading of a page: two windows never write over each other.
const PREFIX = "draft|";
const KEPT_MS = 12 * 3600 * 1000;

const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const toBase64 = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));

const keys = () => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return []; // storage is switched off
  }
};

export class Vault {
  constructor(user, key) {
    this.user = user;
    this.writing = Promise.resolve();
    // Where the address is not secure there is no cryptography, and nothing is kept in the browser.
    this.key = globalThis.crypto?.subtle?.importKey("raw", fromBase64(key), "AES-GCM", false, ["encrypt", "decrypt"]);
    this.sweep();
  }

  get works() {
    return Boolean(this.key);
  }

  sweep() {
    for (const key of keys()) {
      const at = JSON.parse(localStorage.getItem(key) ?? "{}").at ?? 0;
      if (Math.abs(Date.now() - at) > KEPT_MS) localStorage.removeItem(key);
    }
  }

  name(subject, form, record) {
    return [PREFIX.slice(0, -1), this.user, subject, form, record].join("|");
  }

  // True when it is kept. Writes follow one another, so that the last one stays.
  put(subject, form, record, fields) {
    const key = this.name(subject, form, record);
    this.writing = this.writing.then(async () => {
      if (!this.works) return false;
      if (!Object.keys(fields).length) {
        localStorage.removeItem(key);
        return true;
      }
      try {
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const text = new TextEncoder().encode(JSON.stringify(fields));
        const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await this.key, text);
        localStorage.setItem(key, JSON.stringify({ at: Date.now(), iv: toBase64(iv), box: toBase64(box) }));
        return true;
      } catch {
        return false; // full, or switched off: the draft's line says so
      }
    });
    return this.writing;
  }

  // Every record of one subject: [{form, record, fields}].
  async all(subject) {
    const found = [];
    if (!this.works) return found;
    for (const key of keys()) {
      const [, user, about, form, record] = key.split("|");
      if (user !== this.user || about !== subject) continue;
      try {
        const { iv, box } = JSON.parse(localStorage.getItem(key));
        const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: fromBase64(iv) }, await this.key, fromBase64(box));
        found.push({ form, record, fields: JSON.parse(new TextDecoder().decode(text)) });
      } catch {
        localStorage.removeItem(key); // locked with a key that is no more
      }
    }
    return found;
  }

  // Take these lives out of every record of a form: they were saved for real, or discarded.
  async forget(subject, form, lives) {
    for (const { form: name, record, fields } of await this.all(subject)) {
      if (name !== form) continue;
      const left = Object.entries(fields).filter(([, { life }]) => !lives.includes(life));
      if (left.length < Object.keys(fields).length) await this.put(subject, form, record, Object.fromEntries(left));
    }
  }

  wipe() {
    for (const key of keys()) if (key.split("|")[1] === this.user) localStorage.removeItem(key);
  }
}
