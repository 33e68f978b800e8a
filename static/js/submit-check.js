// Before a form is sent the usual way, the server is asked whether it is there and who is signed in: a form that would
// end at the browser's own error page, or at the door, stays where it is with all that was typed. Signing in over the page
// lets it go on. Loaded before submit-once, which must not count a sending that was held back.
import { draftOf, sendAll, vault } from "./drafts.js";
import { link, place } from "./server-link.js";

const passed = new WeakSet();
const held = new WeakSet();

const isLeaving = (form) => new URL(form.getAttribute("action") ?? "", location.href).pathname === place.dataset.logoutUrl;

const isThere = async () => {
  if (await link.ping()) return true;
  if (link.state !== "shut") return false;
  return new Promise((resolve) => {
    document.dispatchEvent(new CustomEvent("login:wanted", { detail: { then: resolve } }));
  });
};

const go = async (form, submitter) => {
  const answered = await isThere();
  if (answered && isLeaving(form)) {
    await sendAll(); // the server keeps the drafts; this browser keeps nothing of somebody who has left
    vault.wipe();
  }
  held.delete(form);
  if (!answered) {
    draftOf(form)?.say("notSent");
    return;
  }
  passed.add(form);
  form.requestSubmit(submitter?.isConnected ? submitter : null);
};

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const byHtmx = form.hasAttribute("hx-post");
    if (passed.delete(form) || byHtmx) {
      draftOf(form)?.leave();
      return;
    }
    if (form.method !== "post" || form.closest("dialog")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (held.has(form)) return;
    held.add(form);
    go(form, event.submitter);
  },
  true,
);
