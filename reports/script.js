"use strict";
// Theme, print, copying, the section in view. The page reads without it; it stores nothing and asks for nothing.
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const root = document.documentElement;
  root.classList.remove("no-js");

  // --- theme and print -------------------------------------------------------------------------
  $("#theme").addEventListener("change", (event) => {
    if (event.target.value) root.dataset.theme = event.target.value;
    else delete root.dataset.theme;
  });
  $("#print").addEventListener("click", () => window.print());

  // --- copying -------------------------------------------------------------------------------------
  const copied = (button) => {
    const text = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = text; }, 1500);
  };
  const select = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand("copy");
  };
  const copy = (button, text, node) => {
    const fall = () => { if (node && select(node)) copied(button); };
    if (!navigator.clipboard) fall();
    else navigator.clipboard.writeText(text).then(() => copied(button), fall);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.classList.contains("copy")) {
      const code = $("pre", button.parentElement);
      copy(button, code.textContent, code);
    }
    if (button.classList.contains("link")) copy(button, location.href.split("#")[0] + "#" + button.dataset.id, null);
  });

  // --- the section in view ---------------------------------------------------------------------------
  const links = new Map($$(".rail a").map((link) => [link.hash.slice(1), link]));
  const spy = new IntersectionObserver((entries) => {
    entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
      links.forEach((link) => link.removeAttribute("aria-current"));
      links.get(entry.target.id).setAttribute("aria-current", "true");
    });
  }, { rootMargin: "-15% 0px -75% 0px" });
  links.forEach((_, id) => { const section = document.getElementById(id); if (section) spy.observe(section); });
})();
