// Stripe's own fields for the card that pays the plan; the form says afterwards under which reference it was given.
(() => {
  const form = document.getElementById("plan-card-form");
  const problem = document.getElementById("plan-card-problem");
  if (!form) return;
  const button = form.querySelector("button");
  if (!window.Stripe) {
    // A blocker of scripts, or no way to Stripe: bills are paid by bank transfer then.
    problem.textContent = "Stripe cannot be reached from here. Please try again, or pay by bank transfer.";
    button.disabled = true;
    return;
  }
  const { key, secret } = form.dataset;
  const stripe = window.Stripe(key);
  const card = stripe.elements().create("card", { hidePostalCode: true });
  card.mount("#plan-card-fields");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = "";
    const answer = await stripe.confirmCardSetup(secret, { payment_method: { card } });
    if (answer.error) {
      problem.textContent = answer.error.message;
      button.disabled = false;
    } else {
      form.submit();
    }
  });
})();
