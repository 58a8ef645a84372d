// The bank's question about a payment that waits for the payer; then the page asks what became of it.
(() => {
  const form = document.getElementById("card-confirm");
  const problem = document.getElementById("card-confirm-problem");
  if (!form) return;
  const button = form.querySelector("button");
  if (!window.Stripe) {
    // A blocker of scripts, or no way to Stripe: the bill can be paid by bank transfer.
    problem.textContent = "Stripe cannot be reached from here. Please try again, or pay by bank transfer.";
    button.disabled = true;
    return;
  }
  const { key, secret, method } = form.dataset;
  const stripe = window.Stripe(key);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = "";
    const answer = await stripe.confirmCardPayment(secret, { payment_method: method });
    if (answer.error) {
      problem.textContent = answer.error.message;
      button.disabled = false;
    } else {
      form.submit();
    }
  });
})();
