// The login has expired: the same person signs in over the page, by the door's own address with its own limits, and the
// work goes on where it stood. Somebody else must load the page anew.
import { link, place } from "./server-link.js";

const dialog = document.getElementById("login-over");
const form = dialog.querySelector("form");
const trouble = dialog.querySelector("[data-trouble]");
let waiting = [];

const open = (event) => {
  if (event?.detail?.then) waiting.push(event.detail.then);
  if (dialog.open) return;
  trouble.textContent = "";
  form.reset();
  dialog.returnValue = "";
  dialog.showModal();
};

const answer = (signedIn) => {
  const asked = waiting;
  waiting = [];
  for (const then of asked) then(signedIn);
};

// The door's own page gives the token that its form needs; it leads away from itself when one is signed in already.
const token = async () => {
  const door = await fetch(form.action, { cache: "no-store" });
  if (door.redirected) return null;
  const page = new DOMParser().parseFromString(await door.text(), "text/html");
  return page.querySelector("input[name=csrfmiddlewaretoken]").value;
};

const errorsIn = (said) => {
  const fields = Object.values(said?.form?.fields ?? {}).flatMap(({ errors }) => errors);
  return [...(said?.form?.errors ?? []), ...fields].join(" ");
};

const knock = async () => {
  const csrf = await token();
  if (csrf === null) return "";
  const answered = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest", "X-CSRFToken": csrf },
    body: new URLSearchParams({ login: place.dataset.login, password: form.elements.password.value }),
  });
  if (answered.ok) return "";
  if (answered.status === 429) return trouble.dataset.often;
  return errorsIn(await answered.json().catch(() => null)) || trouble.dataset.failed;
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  event.stopPropagation();
  trouble.textContent = "";
  try {
    trouble.textContent = await knock();
  } catch {
    trouble.textContent = trouble.dataset.failed;
  }
  if (trouble.textContent) return form.elements.password.select();
  form.reset();
  const signedIn = await link.ping();
  if (!signedIn && link.state === "shut") trouble.textContent = trouble.dataset.failed;
  else dialog.close(signedIn ? "in" : "");
  return undefined;
});

dialog.querySelector("[data-later]").addEventListener("click", () => dialog.close());
// What it was closed with counts: by the time of this event an answer from before may have shut the link once more.
dialog.addEventListener("close", () => answer(dialog.returnValue === "in"));
link.addEventListener("turn", () => {
  if (link.state === "shut") open();
  else if (dialog.open && link.state !== "away") dialog.close(link.state === "there" ? "in" : "");
});
document.addEventListener("login:wanted", open);

// htmx follows the door's redirect by itself: its page must not land in a part of this one. What was asked is asked again.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (!xhr.responseURL || new URL(xhr.responseURL).pathname !== new URL(form.action).pathname) return;
  event.detail.shouldSwap = false;
  link.turn("shut");
  const { elt } = requestConfig;
  if (elt.matches("form")) open({ detail: { then: (signedIn) => signedIn && elt.requestSubmit() } });
});
document.addEventListener("htmx:sendError", () => link.ping());
