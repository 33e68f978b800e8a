// What lies between this page and the server: one way to ask, and what is known of it. States: "there"; "away" (nothing
// answers); "shut" (the login has expired); "other" (somebody else is signed in now). Whoever wants to know listens to
// "turn". While it is away it is asked again and again; each answer brings a fresh token into every form of the page.
const ASK_MS = 8000;
const RETRIES_MS = [1000, 2000, 3000, 5000];

export const place = document.getElementById("drafts");

class ServerLink extends EventTarget {
  state = "there";
  lastContact = Date.now();
  clockMs = 0; // how far the server's clock is ahead of this browser's
  judgedAt = 0; // when the newest question was put whose answer told who is signed in: an older one's tells it no more

  constructor() {
    super();
    addEventListener("offline", () => this.turn("away"));
    addEventListener("online", () => this.ping());
    // What is cut off because the page goes says nothing of the server.
    addEventListener("pagehide", () => (this.isLeaving = true));
    addEventListener("pageshow", (event) => {
      this.isLeaving = false;
      if (event.persisted) this.ping();
    });
    document.addEventListener("visibilitychange", () => document.hidden || this.state === "there" || this.ping());
  }

  turn(state) {
    if (state === this.state || this.isLeaving) return null;
    this.state = state;
    this.dispatchEvent(new Event("turn"));
    if (state === "away") this.retry(0);
    return null;
  }

  retry(attempt) {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      await this.ping();
      if (this.state === "away") this.retry(attempt + 1);
    }, RETRIES_MS[Math.min(attempt, RETRIES_MS.length - 1)]);
  }

  // True when the server answers and this page's person is signed in.
  async ping() {
    return (await this.ask(place.dataset.pingUrl)) !== null && this.state === "there";
  }

  // The JSON of an answer, or null: then nothing was done, and the state says why unless `refused` was the reason.
  async ask(url, { method = "GET", body, keepalive = false, again = true } = {}) {
    const headers = { Accept: "application/json", "X-Draft-User": place.dataset.user, "X-CSRFToken": this.token ?? place.dataset.token };
    const askedAt = performance.now();
    let answer;
    try {
      const signal = AbortSignal.timeout(ASK_MS);
      answer = await fetch(url, { method, headers, keepalive, signal, redirect: "manual", cache: "no-store", body: body && JSON.stringify(body) });
    } catch {
      this.turn("away");
      return null;
    }
    if (answer.status >= 500) return this.turn("away");
    this.lastContact = Date.now();
    if (answer.type === "opaqueredirect") {
      // Asked before a sign-in and answered after it: once more. Where a newer answer shut the link already, nothing new.
      if (askedAt < this.judgedAt) return again && this.state === "there" ? this.ask(url, { method, body, keepalive, again: false }) : null;
      this.judgedAt = askedAt;
      return this.turn("shut");
    }
    if (answer.ok) return this.take(await answer.json().catch(() => null), askedAt);
    // The token is of another login, or somebody else is signed in: the ping tells which.
    if (again && url !== place.dataset.pingUrl && [403, 409].includes(answer.status) && (await this.ping())) {
      return this.ask(url, { method, body, keepalive, again: false });
    }
    return null;
  }

  take(said, askedAt) {
    if (!said || askedAt < this.judgedAt) return said;
    this.judgedAt = askedAt;
    if (said.user && said.user !== place.dataset.user) {
      this.turn("other");
      return null;
    }
    if (said.now_ms) this.clockMs = said.now_ms - Date.now();
    if (said.csrf) this.refresh(said.csrf);
    clearTimeout(this.timer);
    this.turn("there");
    return said;
  }

  refresh(token) {
    this.token = token;
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token;
    document.body.setAttribute("hx-headers", JSON.stringify({ "x-csrftoken": token }));
  }

  now() {
    return Date.now() + this.clockMs;
  }
}

export const link = new ServerLink();
