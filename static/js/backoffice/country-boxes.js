// Countries to tick are found by any part of their name, and taken or left by the continent.
"use strict";

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function begin(boxes) {
  const continents = [...boxes.querySelectorAll("details")];
  const field = boxes.querySelector(".country-boxes__search input");
  const said = boxes.querySelector("[role=status]");
  const ticks = (continent) => [...continent.querySelectorAll("input[type=checkbox]")];
  let stoodOpen = null;

  function count(continent) {
    const all = ticks(continent);
    const ticked = all.filter((box) => box.checked).length;
    continent.querySelector("[data-count]").textContent = ticked ? `${ticked} of ${all.length}` : `${all.length}`;
  }

  function find() {
    const wanted = plain(field.value.trim());
    if (wanted && !stoodOpen) stoodOpen = continents.filter((continent) => continent.open);
    let found = 0;
    for (const continent of continents) {
      let here = 0;
      for (const row of continent.querySelectorAll("li")) {
        row.hidden = !plain(row.textContent).includes(wanted);
        if (!row.hidden) here += 1;
      }
      continent.hidden = !here;
      if (wanted) continent.open = here > 0;
      found += here;
    }
    if (!wanted && stoodOpen) {
      continents.forEach((continent) => (continent.open = stoodOpen.includes(continent)));
      stoodOpen = null;
    }
    said.textContent = wanted ? (found === 1 ? "1 country" : `${found} countries`) : "";
  }

  boxes.querySelectorAll(".country-boxes__search, .country-boxes__all").forEach((part) => (part.hidden = false));
  field.addEventListener("input", find);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it looks for a country, and saves nothing
  });
  boxes.addEventListener("change", (event) => {
    if (event.target.matches("input[type=checkbox]")) count(event.target.closest("details"));
  });
  boxes.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    if (!button) return;
    const continent = button.closest("details");
    for (const box of ticks(continent)) {
      if (box.closest("li").hidden) continue;
      if (button.dataset.take === "union") box.checked ||= "union" in box.dataset;
      else box.checked = button.dataset.take === "all";
    }
    count(continent);
    boxes.dispatchEvent(new Event("change", { bubbles: true })); // for who asks before a changed form is left
  });
}

document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".country-boxes").forEach(begin));
