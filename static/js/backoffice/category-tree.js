// Categories are dragged to their place: onto the upper or lower edge of another, beside it; onto its middle, below it.
// The buttons do the same one step at a time, for the keyboard, for phones and without scripts.
"use strict";

const tree = document.querySelector(".frame-tree");
const MARKS = ["is-before", "is-after", "is-in"];
let dragged = null;

const rows = () => [...tree.querySelectorAll("[data-category]")];
const clear = () => rows().forEach((row) => row.classList.remove(...MARKS));

function isBelow(row, above) {
  for (let at = row; at; at = rows().find((each) => each.dataset.category === at.dataset.parent)) if (at === above) return true;
  return false;
}

function side(event, row) {
  const box = row.getBoundingClientRect();
  const share = (event.clientY - box.top) / box.height;
  if (share < 0.3) return "is-before";
  return share > 0.7 ? "is-after" : "is-in";
}

function send(row, where) {
  const parent = where === "is-in" ? row.dataset.category : row.dataset.parent;
  const beside = rows().filter((each) => each.dataset.parent === parent && each !== dragged);
  const place = where === "is-in" ? beside.length : beside.indexOf(row) + (where === "is-after" ? 1 : 0);
  const form = dragged.querySelector("form");
  for (const [name, value] of Object.entries({ move: "place", parent, place })) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  form.submit();
}

for (const row of rows()) {
  row.draggable = true;
  row.addEventListener("dragstart", (event) => {
    dragged = row;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", row.dataset.category);
  });
  row.addEventListener("dragover", (event) => {
    if (!dragged || isBelow(row, dragged)) return;
    event.preventDefault();
    clear();
    row.classList.add(side(event, row));
  });
  row.addEventListener("drop", (event) => {
    if (!dragged || isBelow(row, dragged)) return;
    event.preventDefault();
    send(row, side(event, row));
  });
  row.addEventListener("dragend", () => {
    clear();
    dragged = null;
  });
}
