// The little that HTMX leaves over: a drop zone that shows it is one, and progress of large uploads.
"use strict";

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

// Select all: the box above the list ticks every row's; without JavaScript each is ticked by itself.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.selects;
  if (!name) return;
  for (const box of document.querySelectorAll(`input[type=checkbox][name="${name}"]`)) box.checked = event.target.checked;
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) window.print();
});
