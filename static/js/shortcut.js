// A key that puts the focus into a field: <input data-shortcut="ctrl+k">. Command stands for Ctrl on a Mac.
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  const field = document.querySelector(`[data-shortcut="ctrl+${CSS.escape(event.key.toLowerCase())}"]`);
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select?.();
});
