// <button data-full-screen="ID" hidden>: shown where the browser can, and leaves again by a second press or Escape.
for (const button of document.querySelectorAll("[data-full-screen]")) {
  if (!document.fullscreenEnabled) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.getElementById(button.dataset.fullScreen).requestFullscreen();
  });
}
