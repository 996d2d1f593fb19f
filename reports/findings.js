// The list of findings: views, search, filter, group, sort, keys. The state is in the address, nowhere else.
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const root = document.documentElement;
  const list = $("#list");
  const ready = () => { root.dataset.ready = Math.round(performance.now()); };
  const folds = (within, view) => $$("[data-open]", within).forEach((fold) => {
    fold.open = fold.dataset.open.split(" ").includes(view);
  });
  const views = $$('[name="view"]');
  const view = () => views.find((choice) => choice.checked).value;
  const choose = (wanted) => {
    (views.find((choice) => choice.value === wanted) || views[0]).checked = true;
    folds(document, view());
  };
  if (!list) {
    views.forEach((choice) => choice.addEventListener("change", () => choose(choice.value)));
    ready();
    return;
  }

  // --- records: the rows that are written out, and those that are data until they are shown -------------
  const form = $("#filters");
  const search = $("#q");
  const selects = $$("select", form);
  const heads = $$("[data-sort]");
  const more = $("#more");
  const STEP = 100;
  const ALL_UP_TO = 200;
  const records = $$(":scope > .f", list).map((node) => ({ node, id: $("details", node).id, key: node.dataset }));
  const byId = new Map(records.map((record) => [record.id, record]));
  const data = $("#rows");
  (data ? window.auditorRows(JSON.parse(data.textContent)) : []).forEach((row) => {
    const like = byId.get(row.from).key;
    const record = { row, node: null, id: row.id, key: null };
    record.key = {
      place: row.place, table: row.table, state: row.state[0], vio: row.n[0], share: row.n[0] / (row.n[1] || 1), people: row.n[4] || 0,
    };
    ["sev", "area", "pack", "title", "law"].forEach((name) => { record.key[name] = like[name]; });
    record.key.text = like.text;
    records.push(record);
    byId.set(record.id, record);
  });
  // The words of a finding are joined when somebody first searches, not when the page opens.
  const words = (record) => {
    if (!record.words) {
      const { title, pack, area, place, law, text } = record.key;
      const own = record.row ? [...(record.row.origin || []).flat(2), record.row.mark] : [];
      record.words = [record.id, title, pack, area, place, law, text, ...own].join(" ").toLowerCase();
    }
    return record.words;
  };
  const order = (id) => Number(id.slice(2));
  records.sort((a, b) => order(a.id) - order(b.id));
  const node = (record) => {
    if (!record.node) record.node = window.auditorRow(record.row, byId.get(record.row.from).node);
    return record.node;
  };

  // --- texts that several findings of one rule share stand in the first of them --------------------------
  const prepare = (details) => {
    $$(".shared", details).forEach((slot) => {
      const source = byId.get(slot.dataset.from);
      const part = source && $(slot.dataset.part, source.node);
      if (!part) return;
      const copy = part.cloneNode(true);
      $$("[aria-label]", copy).forEach((named) => {
        named.setAttribute("aria-label", named.getAttribute("aria-label").replace(slot.dataset.from, details.id));
      });
      slot.replaceWith(copy);
    });
    folds(details, view());
  };

  // --- filter, group, sort ---------------------------------------------------------------------------------
  const read = () => {
    const state = { q: search.value.trim(), sev: $$('[name="sev"]:checked', form).map((box) => box.value).join(",") };
    selects.forEach((field) => { state[field.name] = field.value; });
    state.view = view();
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
    if (state.view !== undefined) choose(state.view);
  };
  const matching = (state) => {
    const wanted = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const levels = state.sev ? state.sev.split(",") : [];
    const fits = ({ key }) => (!levels.length || levels.includes(key.sev))
      && ["area", "pack", "place", "state", "law"].every((name) => !state[name] || key[name] === state[name]);
    const found = records.filter((record) => fits(record) && wanted.every((word) => words(record).includes(word)));
    const by = state.sort.replace("-", "");
    if (["title", "place", "state"].includes(by)) found.sort((a, b) => a.key[by].localeCompare(b.key[by]));
    else if (by) found.sort((a, b) => b.key[by] - a.key[by]);
    if (!state.group) return [found, null];
    const groups = new Map();
    found.forEach((record) => {
      const name = record.key[state.group];
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(record);
    });
    return [[...groups.values()].flat(), groups];
  };
  const heading = (name, count) => {
    const item = document.createElement("li");
    item.className = "g";
    const title = document.createElement("h3");
    const text = document.createElement("bdi");
    text.textContent = name;
    const number = document.createElement("span");
    number.textContent = count === 1 ? "1 finding" : `${count} findings`;
    title.append(text, " ", number);
    item.append(title);
    return item;
  };
  let limit = 0;
  let found = [];
  let groups = null;
  const show = () => {
    const nodes = [];
    let group;
    found.slice(0, limit).forEach((record) => {
      const name = groups && record.key[read().group];
      if (groups && name !== group) nodes.push(heading(name, groups.get(name).length));
      group = name;
      nodes.push(node(record));
    });
    if (nodes.length !== list.children.length || nodes.some((item, place) => list.children[place] !== item)) list.replaceChildren(...nodes);
    const left = found.length - limit;
    more.hidden = left <= 0;
    more.textContent = `Show the next ${Math.min(STEP, left)} of ${left.toLocaleString("en")} more`;
  };
  const apply = () => {
    const state = read();
    [found, groups] = matching(state);
    limit = records.length > ALL_UP_TO ? STEP : records.length;
    show();
    selects.forEach((field) => field.classList.toggle("on", Boolean(field.value)));
    heads.forEach((head) => head.setAttribute("aria-pressed", head.dataset.sort === state.sort));
    $("#none").hidden = found.length > 0;
    const all = `${records.length.toLocaleString("en")} ${records.length === 1 ? "finding" : "findings"}`;
    $("#count").textContent = found.length === records.length ? all : `${found.length.toLocaleString("en")} of ${all}`;
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
      $("#findings").scrollIntoView();
      return;
    }
    const record = byId.get(hash);
    if (!record) return;
    if (!found.includes(record)) { fill({}); apply(); }
    const place = found.indexOf(record);
    if (place >= limit) { limit = place + STEP; show(); }
    const details = $("details", node(record));
    prepare(details);
    details.open = true;
    details.scrollIntoView();
  };

  // --- what a reader does ------------------------------------------------------------------------------------
  let printing = false;
  list.addEventListener("toggle", (event) => {
    const details = event.target;
    if (!details.matches(".f > details") || !details.open) return;
    if ($(".shared", details) || view()) prepare(details);
    if (!printing && location.hash.slice(1) !== details.id) history.replaceState(null, "", `#${details.id}`);
  }, true);
  let timer = 0;
  search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => { apply(); remember(); }, 120); });
  form.addEventListener("change", (event) => { if (event.target !== search) { apply(); remember(); } });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { apply(); remember(); }));
  more.addEventListener("click", () => {
    const next = found[limit];
    limit += STEP;
    show();
    $("summary", node(next)).focus();
  });
  views.forEach((choice) => choice.addEventListener("change", () => {
    // A view opens folds and sets the grouping; it hides nothing.
    $('[name="group"]', form).value = { engineer: "table", auditor: "law" }[view()] || "";
    choose(view());
    apply();
    remember();
  }));
  heads.forEach((head) => {
    head.disabled = false;
    head.addEventListener("click", () => {
      const field = $('[name="sort"]', form);
      field.value = field.value === head.dataset.sort ? "" : head.dataset.sort;
      apply();
      remember();
    });
  });
  let opened = [];
  window.addEventListener("beforeprint", () => {
    printing = true;
    opened = $$('.f[data-sev="critical"] > details:not([open])', list);
    opened.forEach((details) => {
      prepare(details);
      $$("[data-open]:not(.sql)", details).forEach((fold) => { fold.open = true; });
      details.open = true;
    });
  });
  window.addEventListener("afterprint", () => {
    opened.forEach((details) => { details.open = false; folds(details, view()); });
    printing = false;
  });

  // --- keys, only with focus in the search or on a row --------------------------------------------------------
  const rows = () => $$(":scope > .f > details > summary", list);
  search.addEventListener("keydown", (event) => {
    const all = rows();
    if (event.key === "ArrowDown" && all.length) { event.preventDefault(); all[0].focus(); }
    if (event.key === "Escape" && search.value) { event.preventDefault(); search.value = ""; apply(); remember(); }
  });
  list.addEventListener("keydown", (event) => {
    const row = event.target.closest(".f");
    if (event.key === "Escape" && row) {
      const head = $("summary", row);
      head.parentElement.open = false;
      head.focus();
      return;
    }
    const all = rows();
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
  $(".f-more", form).open = !window.matchMedia("(max-width: 36rem)").matches || selects.some((field) => field.value);
  ready();
})();
