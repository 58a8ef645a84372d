/*
 * The checkout is priced anew while the shopper goes on: what they type or choose between the question and its answer is
 * not in the answer. It is put back into the form that replaces the one they typed into.
 */
(() => {
  const FORM = "form.checkout";
  // Asked with these answers: by the form that asked.
  const asked = new WeakMap();

  /** The fields that a shopper fills in, by name; of a group of radio buttons the one that is chosen. */
  const answers = (form) => {
    const found = new Map();
    for (const field of form.elements) {
      if (!field.name || field.type === "hidden" || field.type === "submit") continue;
      if (field.type === "radio") {
        if (field.checked) found.set(field.name, field.value);
      } else found.set(field.name, field.type === "checkbox" ? field.checked : field.value);
    }
    return found;
  };

  const answer = (form, name, value) => {
    const fields = [...form.elements].filter((field) => field.name === name && field.type !== "hidden");
    for (const field of fields) {
      if (field.type === "radio") field.checked = field.value === value;
      else if (field.type === "checkbox") field.checked = value;
      else if (field.type !== "select-one" || [...field.options].some((option) => option.value === value)) {
        field.value = value;
      }
    }
  };

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    const form = detail.elt.closest(FORM);
    if (form) asked.set(form, answers(form));
  });

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const form = detail.target.closest(FORM);
    const before = form && asked.get(form);
    if (!before || !detail.shouldSwap) return;
    const since = [...answers(form)].filter(([name, value]) => before.get(name) !== value);
    if (!since.length) return;
    document.addEventListener(
      "htmx:afterSwap",
      () => {
        const anew = document.querySelector(FORM);
        if (anew) for (const [name, value] of since) answer(anew, name, value);
      },
      { once: true },
    );
  });
})();
