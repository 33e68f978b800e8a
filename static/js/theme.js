// Light or dark. Runs in the head, before anything is drawn, so that no page flashes in the wrong theme.
// Without a choice the system decides. The cookie lets the server write the choice into the page itself.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  const chosen = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage is switched off: the cookie alone carries the choice
    }
  };

  const keep = (theme) => {
    root.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // see above
    }
  };

  const stored = chosen();
  if (stored === "light" || stored === "dark") root.dataset.theme = stored;

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-toggle]")) return;
    const current = root.dataset.theme ?? (system.matches ? "dark" : "light");
    keep(current === "dark" ? "light" : "dark");
  });
})();
