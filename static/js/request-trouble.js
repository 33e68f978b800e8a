// When an htmx request fails without an answer to show, the page says so and keeps what was typed. Refusals (4xx) carry
// their own words; both are brought into sight, because whoever works far down the page would miss them.
const say = (kind) => {
  const region = document.getElementById("messages");
  const line = document.createElement("p");
  line.className = "message is-stop";
  line.textContent = region.dataset[kind];
  region.replaceChildren(line);
  region.scrollIntoView({ block: "nearest" });
};

document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500) say("textFailed");
});
document.addEventListener("htmx:sendError", () => say("textUnreached"));
document.addEventListener("htmx:timeout", () => say("textUnreached"));
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "messages") event.detail.target.scrollIntoView({ block: "nearest" });
});
