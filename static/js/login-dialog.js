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
  dialog.showModal();
};

// At once, not at the dialog's own event: between the two an answer from before could open it anew.
const finish = (signedIn) => {
  const asked = waiting;
  waiting = [];
  dialog.close();
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

const enter = async () => {
  const said = await knock();
  if (said || (await link.ping()) || link.state !== "shut") return said;
  // A request from before, answered after the sign-in, took the new login away again with its own: once more.
  return (await knock()) || ((await link.ping()) || link.state !== "shut" ? "" : trouble.dataset.failed);
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  event.stopPropagation();
  trouble.textContent = "";
  try {
    trouble.textContent = await enter();
  } catch {
    trouble.textContent = trouble.dataset.failed;
  }
  if (trouble.textContent) return form.elements.password.select();
  form.reset();
  if (dialog.open) finish(link.state === "there");
  return undefined;
});

dialog.querySelector("[data-later]").addEventListener("click", () => finish(false));
dialog.addEventListener("close", () => dialog.open || finish(false)); // by Escape
link.addEventListener("turn", () => {
  if (link.state === "shut") open();
  else if (dialog.open && link.state !== "away") finish(link.state === "there");
});
document.addEventListener("login:wanted", open);

// htmx follows the door's redirect by itself: its page must not land in a part of this one. What was asked is asked again.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (!xhr.responseURL || new URL(xhr.responseURL).pathname !== new URL(form.action).pathname) return;
  event.detail.shouldSwap = false;
  const { elt } = requestConfig;
  const again = () => elt.matches("form") && elt.requestSubmit();
  link.ping().then((signedIn) => {
    if (signedIn) again(); // it was asked before the sign-in
    else if (link.state === "shut" && elt.matches("form")) open({ detail: { then: (then) => then && again() } });
  });
});
document.addEventListener("htmx:sendError", () => link.ping());
