// The boxes that a search library draws for screen readers get the names of the fields that they stand for.
"use strict";

// The one that shows what is chosen, the one among several that are chosen, and the one of an open list.
const BOXES = [".select2-selection__rendered[role=textbox]", ".select2-search__field"].map((box) => `${box}:not([aria-label])`).join();

window.addEventListener("load", () => {
  const name = (root) => {
    for (const box of root.querySelectorAll(BOXES)) {
      const container = box.closest(".select2-container");
      const select = container && container.previousElementSibling;
      const label = select && select.id && document.querySelector(`label[for="${select.id}"]`);
      box.setAttribute("aria-label", (label ? label.textContent : (select && select.ariaLabel) || "Search").trim());
    }
  };
  name(document);
  new MutationObserver(() => name(document)).observe(document.body, { childList: true, subtree: true });
});
