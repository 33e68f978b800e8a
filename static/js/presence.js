// Who else has this record open: <p data-presence="SUBJECT">. Says so when it changes; says nothing when nobody knows.
import { link, place } from "./server-link.js";

const EVERY_MS = 10_000;
const line = document.querySelector("[data-presence]");
let wasWriting = false;
let timer = null;

const isWriting = () => document.querySelector("form[data-unsaved]") !== null;

const url = () => place.dataset.hereUrl.replace("SUBJECT", encodeURIComponent(line.dataset.presence));

const sentence = ({ name, since, does }) => line.dataset[does].replace("{name}", name).replace("{time}", since);

const tell = async () => {
  clearTimeout(timer);
  wasWriting = isWriting();
  if (!document.hidden && ["there", "away"].includes(link.state)) {
    const said = await link.ask(url(), { method: "POST", body: { writing: wasWriting } });
    const words = (said?.others ?? []).map(sentence).join(" ");
    if (line.textContent !== words) line.textContent = words;
    line.hidden = !words;
  }
  clearTimeout(timer);
  timer = setTimeout(tell, EVERY_MS);
};

if (line) {
  tell();
  document.addEventListener("drafts:typed", () => isWriting() !== wasWriting && tell());
  document.addEventListener("visibilitychange", () => document.hidden || tell());
  link.addEventListener("turn", () => link.state === "there" && tell());
  addEventListener("pagehide", () => link.ask(url(), { method: "POST", body: { leaves: true }, keepalive: true }));
}
