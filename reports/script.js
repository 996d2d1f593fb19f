"use strict";
// Search, filter, sort, keys, theme. The page reads without it; it stores nothing and asks for nothing.
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

  let printing = false;
  let opened = [];
  window.addEventListener("beforeprint", () => {
    printing = true;
    opened = $$('.f[data-sev="critical"]:not([hidden]) > details:not([open])');
    opened.forEach((details) => { share(details); details.open = true; });
  });
  window.addEventListener("afterprint", () => {
    opened.forEach((details) => { details.open = false; });
    printing = false;
  });

  // --- texts that several findings of one rule share stand in the first of them --------------------
  const share = (details) => {
    const slot = $(".shared", details);
    const source = slot && document.getElementById(slot.dataset.from);
    const texts = source && $(".texts", source);
    if (texts) slot.replaceWith(texts.cloneNode(true));
  };

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

  // --- findings --------------------------------------------------------------------------------------
  const list = $("#list");
  const form = $("#filters");
  const jump = (id) => { const target = document.getElementById(id); if (target) target.scrollIntoView(); };
  if (!list) return;
  const rows = $$(":scope > .f", list);
  const selects = $$("select", form);
  const search = $("#q");
  const heads = new Map(rows.map((row) => [row, $("summary", row)]));

  const read = () => {
    const state = { q: search.value.trim(), sev: $$('[name="sev"]:checked', form).map((box) => box.value).join(",") };
    selects.forEach((field) => { state[field.name] = field.value; });
    return state;
  };
  const fill = (state) => {
    search.value = state.q || "";
    const levels = (state.sev || "").split(",");
    $$('[name="sev"]', form).forEach((box) => { box.checked = levels.includes(box.value); });
    selects.forEach((field) => {
      const wanted = state[field.name] || "";
      field.value = [...field.options].some((option) => option.value === wanted) ? wanted : "";
    });
  };
  const apply = () => {
    const state = read();
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const levels = state.sev ? state.sev.split(",") : [];
    let shown = 0;
    rows.forEach((row) => {
      const data = row.dataset;
      const fits = (!levels.length || levels.includes(data.sev))
        && ["area", "pack", "place", "state"].every((key) => !state[key] || data[key] === state[key])
        && words.every((word) => data.text.includes(word));
      row.hidden = !fits;
      shown += fits;
    });
    const key = state.sort.replace("-", "");
    const ordered = [...rows];
    if (key === "title" || key === "place") ordered.sort((a, b) => a.dataset[key].localeCompare(b.dataset[key]));
    else if (key) ordered.sort((a, b) => b.dataset[key] - a.dataset[key]);
    if (ordered.some((row, place) => list.children[place] !== row)) list.append(...ordered);
    selects.forEach((field) => field.classList.toggle("on", Boolean(field.value)));
    $("#none").hidden = shown > 0;
    const all = `${rows.length} ${rows.length === 1 ? "finding" : "findings"}`;
    $("#count").textContent = shown === rows.length ? all : `${shown} of ${all}`;
  };
  const remember = () => {
    const parts = Object.entries(read()).filter(([, value]) => value);
    const query = parts.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
    history.replaceState(null, "", query ? `#findings?${query}` : "#findings");
  };
  const parse = (query) => {
    const state = {};
    query.split("&").forEach((part) => {
      const [key, value = ""] = part.split("=");
      try { state[key] = decodeURIComponent(value.replaceAll("+", " ")); } catch { state[key] = ""; }
    });
    return state;
  };
  const restore = () => {
    const hash = location.hash.slice(1);
    if (hash.startsWith("findings?")) {
      fill(parse(hash.slice("findings?".length)));
      apply();
      jump("findings");
      return;
    }
    const target = hash && document.getElementById(hash);
    const row = target && target.closest(".f");
    if (!row) return;
    if (row.hidden) { fill({}); apply(); }
    target.open = true;
    target.scrollIntoView();
  };

  list.addEventListener("toggle", (event) => {
    const details = event.target;
    if (!details.matches(".f > details")) return;
    if (details.open) share(details);
    if (details.open && !printing && location.hash.slice(1) !== details.id) history.replaceState(null, "", `#${details.id}`);
  }, true);
  let timer = 0;
  search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => { apply(); remember(); }, 120); });
  form.addEventListener("change", (event) => { if (event.target !== search) { apply(); remember(); } });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { apply(); remember(); }));

  // --- keys, only with focus in the search or on a row ---------------------------------------------------
  const visible = () => [...list.children].filter((row) => !row.hidden).map((row) => heads.get(row));
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && visible().length) { event.preventDefault(); visible()[0].focus(); }
    if (event.key === "Escape" && search.value) { event.preventDefault(); search.value = ""; apply(); remember(); }
  });
  list.addEventListener("keydown", (event) => {
    const row = event.target.closest(".f");
    if (event.key === "Escape" && row) {
      const head = heads.get(row);
      head.parentElement.open = false;
      head.focus();
      return;
    }
    const all = visible();
    const at = all.indexOf(event.target);
    if (at < 0) return;
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    (next < 0 ? search : all[Math.min(next, all.length - 1)]).focus();
  });

  window.addEventListener("hashchange", restore);
  apply();
  restore();
})();
