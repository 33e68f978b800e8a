// The week with a column a device: <div data-week-calendar> beside a JSON script of its settings. An hour is moved by
// dragging it; the server decides, and what it refuses goes back to where it was, with the sentence why. By keyboard an
// hour is a link to its page, where the same can be done in a form. The table below the calendar works without a script.
const box = document.querySelector("[data-week-calendar]");
const settings = JSON.parse(document.getElementById("week-settings").textContent);
const says = document.querySelector("[data-week-says]");
const table = document.querySelector("[data-week-table]");

const say = (text, light) => {
  says.className = `message is-${light}`;
  says.querySelector("span").textContent = text;
  says.hidden = false;
};

const pad = (number) => String(number).padStart(2, "0");
const dayOf = (date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
const timeOf = (date) => `${pad(date.getHours())}:${pad(date.getMinutes())}`;

const csrf = () => JSON.parse(document.body.getAttribute("hx-headers"))["x-csrftoken"];

const send = async (event) => {
  const body = new URLSearchParams({
    patient: event.extendedProps.patient,
    version: event.extendedProps.version,
    device: event.resourceIds[0],
    day: dayOf(event.start),
    time: timeOf(event.start),
    reason: settings.words.reason,
  });
  const response = await fetch(settings.move.replace("CODE", event.id), {
    method: "POST",
    body,
    headers: { Accept: "application/json", "X-CSRFToken": csrf() },
  });
  if (response.redirected || !response.headers.get("Content-Type")?.includes("json")) throw new Error(settings.words.trouble);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
};

const dropped = async (info) => {
  try {
    const answer = await send(info.event);
    say(answer.message, "go");
  } catch (error) {
    info.revert();
    say(error instanceof TypeError ? settings.words.trouble : error.message, "stop");
  }
  calendar.refetchEvents();
};

const line = (tag, text) => {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
};

const content = ({ event }) => {
  if (event.display === "background") return { domNodes: [line("small", event.title)] };
  const link = line("a", event.title);
  link.href = event.extendedProps.url;
  const { label, chip } = event.extendedProps;
  return { domNodes: [line("span", [timeOf(event.start), label].filter(Boolean).join(" · ")), link, line("small", chip)] };
};

// Narrower than this a name cannot be read; then the week is scrolled sideways.
const NARROWEST = 86;
const columns = settings.resources.length * (7 - settings.hiddenDays.length);

const calendar = EventCalendar.create(box, {
  view: settings.resources.length > 1 ? "resourceTimeGridWeek" : "timeGridWeek",
  date: settings.date,
  resources: settings.resources,
  // The list of events carries every device; a single one is chosen here.
  events: [],
  eventSources: [{ url: settings.feed }],
  filterEventsWithResources: true,
  headerToolbar: { start: "", center: "", end: "" },
  firstDay: 1,
  hiddenDays: settings.hiddenDays,
  slotMinTime: settings.slotMinTime,
  slotMaxTime: settings.slotMaxTime,
  flexibleSlotTimeLimits: true,
  slotDuration: "00:30",
  snapDuration: "00:15",
  slotHeight: 36,
  slotLabelInterval: "01:00",
  slotLabelFormat: (time) => timeOf(time),
  dayHeaderFormat: (day) => `${settings.words.days[day.getDay()]} ${pad(day.getDate())}`,
  datesAboveResources: true,
  columnWidth: columns * NARROWEST > box.parentElement.clientWidth ? `${NARROWEST}px` : undefined,
  allDaySlot: false,
  nowIndicator: false,
  eventDurationEditable: false,
  dragScroll: true,
  longPressDelay: 350,
  eventContent: content,
  eventDrop: dropped,
});

// The library calls its grid a table, and puts into it what a table may not hold. Each hour says its own time and name.
const tableMarks = ["role", "aria-colindex", "aria-colspan", "aria-colcount", "aria-rowcount"];
for (const part of [box, ...box.querySelectorAll("[role]")]) for (const mark of tableMarks) part.removeAttribute(mark);

// Somebody else moves hours too.
setInterval(() => document.visibilityState === "visible" && calendar.refetchEvents(), 30000);
table.hidden = true;
box.hidden = false;
