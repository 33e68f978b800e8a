// Says in words, above everything, when the server does not answer, the login has expired, or somebody else signed in here.
import { isAllOnServer } from "./drafts.js";
import { link, place } from "./server-link.js";

const BACK_MS = 6000;
const banner = document.querySelector("[data-link-banner]");
const words = banner.querySelector("[data-words]");

// In the clinic's zone, as every other time on the page, and by the server's clock.
const zone = place.dataset.zone;
const clock = (ms) => new Date(ms + link.clockMs).toLocaleTimeString("en-GB", { timeZone: zone });

const age = (ms) => (ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.floor(ms / 60_000)} min`);

const show = () => {
  clearTimeout(show.timer);
  const { state } = link;
  banner.dataset.state = state;
  banner.classList.toggle("is-go", state === "there");
  banner.classList.toggle("is-stop", state !== "there");
  words.textContent = banner.dataset[state].replace("{time}", clock(link.lastContact));
  for (const action of banner.querySelectorAll("[data-when]")) action.hidden = action.dataset.when !== state;
  banner.hidden = false;
  // The age ticks for the eye; the ear hears the sentence once.
  const tick = () => {
    banner.querySelector("[data-link-age]").textContent = state === "away" ? `(${age(Date.now() - link.lastContact)})` : "";
    if (link.state === "away") show.timer = setTimeout(tick, 1000);
  };
  tick();
  if (state === "there") show.timer = setTimeout(() => (banner.hidden = isAllOnServer()), BACK_MS);
};

link.addEventListener("turn", show);
banner.querySelector("[data-try]").addEventListener("click", () => link.ping());
banner.querySelector("[data-sign-in]").addEventListener("click", () => document.dispatchEvent(new CustomEvent("login:wanted")));
banner.querySelector("[data-reload]").addEventListener("click", () => location.reload());
