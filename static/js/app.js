// The little that HTMX leaves over: pressed buttons that say so, focus that stays, uploads with progress, ticked rows.
"use strict";

const BUSY = "aria-busy";
const FOCUSABLE = "a[href], button:not([disabled]), input:not([type=hidden], [disabled]), select:not([disabled]), summary, [tabindex]";

// --- Every press answers at once --------------------------------------------------------------------------------------

// A plain form: its button is busy until the next page is there, and a second press sends nothing more.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[hx-get], [hx-post], [target]") || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  (event.submitter ?? form.querySelector("button"))?.setAttribute(BUSY, "true");
});

// Back from the next page: what was pressed can be pressed again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const busy of document.querySelectorAll(`.button[${BUSY}]`)) busy.removeAttribute(BUSY);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  const button = pressed(elt, requestConfig?.triggeringEvent);
  button?.setAttribute(BUSY, "true");
  if (elt.contains(document.activeElement)) remember(document.activeElement);
});

document.addEventListener("htmx:afterRequest", (event) => {
  for (const busy of event.detail.elt.parentElement?.querySelectorAll(`.button[${BUSY}]`) ?? []) busy.removeAttribute(BUSY);
});

// No answer at all (the server is down, the line is cut): said where the answer would have stood.
document.addEventListener("htmx:sendError", (event) => {
  const wanted = event.detail.requestConfig?.headers?.["Error-Place"];
  const place = (wanted && document.querySelector(wanted)) || document.getElementById("error");
  const note = document.createElement("div");
  const words = document.createElement("p");
  note.className = "note bad";
  note.setAttribute("role", "alert");
  words.textContent = "TrueBooks did not answer. Look whether it is running and you are online, then press again: nothing is posted twice.";
  note.append(words);
  place?.replaceChildren(note);
});

function pressed(elt, cause) {
  if (elt.matches(".button")) return elt;
  return cause?.submitter ?? (cause?.type === "submit" ? elt.querySelector("button.button") : null);
}

// --- Focus after a swap -----------------------------------------------------------------------------------------------

// A swap takes away what had the focus. HTMX finds it again by its id, and goes to [autofocus]; the rest is found here,
// by what the control is for, else by what stood nearest before it.
let lost = null;

function remember(element) {
  lost = element === document.body ? null : { role: purpose(element), place: element.closest("[id]:not([id=''])")?.id };
}

function purpose(element) {
  const form = element.form?.getAttribute("action") ?? "";
  return [element.tagName, form, element.name ?? "", element.getAttribute("href") ?? element.value ?? "", element.textContent.trim()].join(" ");
}

document.addEventListener("htmx:beforeSwap", () => {
  if (document.activeElement !== document.body) remember(document.activeElement);
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (!lost || document.activeElement !== document.body) return (lost = null);
  const within = (lost.place && document.getElementById(lost.place)) || event.detail.elt;
  const all = [...within.querySelectorAll(FOCUSABLE)].filter((each) => each.checkVisibility?.() ?? true);
  const same = all.find((each) => purpose(each) === lost.role) ?? all[0] ?? opener(within);
  lost = null;
  same?.focus({ preventScroll: true });
});

// A place that was emptied: back to what opened it.
function opener(place) {
  return place.id && document.querySelector(`[hx-target="#${place.id}"]`);
}

// A key of its own leads to the field that says so (aria-keyshortcuts), unless somebody is typing.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
  const field = [...document.querySelectorAll("[aria-keyshortcuts]")].find((each) => each.getAttribute("aria-keyshortcuts") === event.key);
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

// Escape closes what was opened: the inline preview by its own Close, a menu by folding it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const menu = event.target.closest?.("details.fold[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else {
    event.target.closest?.("tbody, section, article")?.querySelector("[data-closes]")?.click();
  }
});

// --- Files ------------------------------------------------------------------------------------------------------------

for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.(".drop");
    if (zone) zone.classList.toggle("over", kind === "dragenter" || kind === "dragover");
  });
}

// Choosing files is the whole wish: the button is for those without JavaScript.
document.addEventListener("change", (event) => {
  if (event.target.matches(".drop input[type=file]") && event.target.files.length) event.target.form.requestSubmit();
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.target.matches?.("form.drop")) return;
  event.target.querySelector("progress").hidden = true;
  if (event.detail.successful) event.target.reset();
});

document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.querySelector?.("progress");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.max = event.detail.total;
  bar.value = event.detail.loaded;
});

// --- Ticked rows ------------------------------------------------------------------------------------------------------

// Select all: the box above the list ticks every row's; without JavaScript each is ticked by itself.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.selects;
  if (name) for (const box of boxes(name)) box.checked = event.target.checked;
  count();
});
document.addEventListener("htmx:afterSettle", count);
window.addEventListener("pageshow", count);

// The bar of what can be done with them (data-bulk names the boxes) shows while any is ticked, and says how many.
function count() {
  for (const bar of document.querySelectorAll("[data-bulk]")) {
    const all = boxes(bar.dataset.bulk);
    const ticked = all.filter((box) => box.checked).length;
    bar.hidden = !ticked;
    for (const place of bar.querySelectorAll("[data-count]")) place.textContent = ticked;
    for (const place of bar.querySelectorAll("[data-of-them]")) place.textContent = ready(all);
    for (const box of document.querySelectorAll(`[data-selects="${bar.dataset.bulk}"]`)) {
      box.checked = all.length > 0 && ticked === all.length;
      box.indeterminate = ticked > 0 && ticked < all.length;
    }
  }
}

// How many of the ticked ones can be posted, and what they come to: ", 2 ready: £7,781.14"; minor units, never a float.
function ready(all) {
  const fitting = all.filter((box) => box.checked && box.dataset.ready);
  const sums = {};
  for (const { dataset } of fitting) sums[dataset.currency] = (sums[dataset.currency] ?? 0n) + BigInt(dataset.ready);
  const told = Object.entries(sums).map(([currency, minor]) => money(minor, currency));
  return fitting.length ? `, ${fitting.length} ready: ${told.join(" and ")}` : "";
}

function money(minor, currency) {
  const format = new Intl.NumberFormat("en-GB", { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits;
  const figures = String(minor < 0n ? -minor : minor).padStart(digits + 1, "0");
  const whole = figures.slice(0, figures.length - digits) + (digits ? "." + figures.slice(-digits) : "");
  return format.format((minor < 0n ? "-" : "") + whole);
}

function boxes(name) {
  return [...document.querySelectorAll(`input[type=checkbox][name="${name}"]`)];
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) window.print();
});
