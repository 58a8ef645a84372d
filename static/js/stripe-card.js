// Stripe's own fields for a card, and what follows: the bank's question in a window, then back to the payment page.
(() => {
  const form = document.getElementById("stripe-form");
  const problem = document.getElementById("stripe-problem");
  if (!form) return;
  if (!window.Stripe) {
    // A blocker of scripts, or no way to Stripe: the shopper is told, and pays another way.
    document.getElementById("stripe-blocked").hidden = false;
    return;
  }
  const { key, secret, next, locale } = form.dataset;
  const stripe = window.Stripe(key, { locale });
  const card = stripe.elements().create("card", { hidePostalCode: true });
  const button = form.querySelector("button");
  card.mount("#stripe-card");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = "";
    const answer = await stripe.confirmCardPayment(secret, { payment_method: { card } });
    if (answer.error) {
      problem.textContent = answer.error.message;
      button.disabled = false;
    } else {
      window.location.assign(next);
    }
  });
})();
