// The buttons of a trace: stop the picture, choose speed and gain. Each is an ordinary button with aria-pressed.
const press = (buttons, on) => {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button === on));
};

const choice = (figure, name, choose) => {
  const buttons = [...figure.querySelectorAll(`[data-${name}]`)];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      press(buttons, button);
      choose(button.dataset[name]);
    });
  }
};

// A lane's words: its own name with the gain and the speed that are in force.
const relabel = (sweep, chosen) => {
  for (const { label, gain } of sweep.lanes) {
    const words = label.dataset;
    const scale = gain === null ? words.auto : words.chosen?.replace("{gain}", words.lane === "ecg" ? 10 * gain : gain);
    label.textContent = [words.name, scale, words.lane === "ecg" ? chosen.speed : null].filter(Boolean).join(" · ");
  }
};

export const bindTools = (sweep) => {
  const { figure } = sweep;
  const pause = figure.querySelector("[data-pause]");
  if (!pause) return;
  const chosen = { speed: "25 mm/s" };
  pause.addEventListener("click", () => {
    const on = sweep.paused === null;
    pause.setAttribute("aria-pressed", String(on));
    sweep.pause(on);
  });
  choice(figure, "speed", (speed) => {
    chosen.speed = `${speed} mm/s`;
    sweep.setSpeed(Number(speed));
    relabel(sweep, chosen);
  });
  choice(figure, "gain", (gain) => {
    sweep.setGain(gain === "auto" ? null : Number(gain));
    relabel(sweep, chosen);
  });
};
