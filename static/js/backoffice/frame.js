// The admin theme draws scroll bars of its own, and makes a landmark of every box that has them, all of one name.
// The browser's do as well. This runs before the theme's script, which waits for the same moment.
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("[data-simplebar]")) box.removeAttribute("data-simplebar");
  document.querySelector("#nav-sidebar-apps a.active")?.scrollIntoView({ block: "nearest" });
});
