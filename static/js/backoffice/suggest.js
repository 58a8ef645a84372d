// Fields that name goods or customers suggest them while somebody types. Without this script they are plain fields.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  for (const list of document.querySelectorAll("datalist[data-suggest]")) {
    let asked = 0;
    let wait;
    for (const field of document.querySelectorAll(`input[list="${list.id}"]`)) {
      field.addEventListener("input", () => {
        clearTimeout(wait);
        if (field.value.trim().length < 2) return;
        wait = setTimeout(async () => {
          const turn = ++asked;
          const answer = await fetch(`${list.dataset.suggest}?q=${encodeURIComponent(field.value)}`);
          if (!answer.ok || turn !== asked) return;
          const { found } = await answer.json();
          list.replaceChildren(...found.map(({ value, label }) => {
            const option = new Option(label, value);
            option.label = label;
            return option;
          }));
        }, 200);
      });
    }
  }
});
