// Choosing acts at once, a verdict is confirmed, and the reasons panel opens and closes.
// Read before the page is drawn: a choice made while the rest still loads must not be lost.
"use strict";

document.addEventListener("change", (event) => {
  const form = event.target.closest("#chooser");
  if (form) form.submit();
});

function markOpen(button) {
  for (const figure of document.querySelectorAll(".figure")) {
    figure.setAttribute("aria-expanded", String(figure === button));
  }
}

document.addEventListener("click", (event) => {
  if (event.target.id !== "close-reasons") return;
  const opened = document.querySelector('.figure[aria-expanded="true"]');
  document.getElementById("reasons").replaceChildren();
  markOpen(null);
  if (opened) opened.focus();
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "reasons") return;
  markOpen(event.detail.requestConfig.elt);
  event.target.scrollIntoView({ block: "nearest" });
});

document.addEventListener("submit", (event) => {
  const said = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (said && !window.confirm(said)) event.preventDefault();
});
