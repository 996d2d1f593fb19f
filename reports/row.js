// A finding that is data becomes a row: a copy of its rule's first finding with its own figures. Text only, no markup.
window.auditorRows = ({ texts, rows }) => {
  const count = (value) => value === null ? "–" : value.toLocaleString("en");
  const label = (number) => `F-${String(number).padStart(2, "0")}`;
  return rows.map(([id, from, place, table, state, n, unsure, [form, rate], notes, trend, bars, records, origin, mark]) => {
    const figures = [count(n[0]), count(n[1]), rate, count(n[4]), count(n[2])];
    return {
      id: label(id), from: label(from), place: texts[place], table: texts[table], state: state.map((word) => texts[word]), n,
      unsure: texts[unsure], rate, wrong: texts[form].replace(/\{([0-4])\}/g, (_, figure) => figures[figure]),
      notes: notes.map((note) => texts[note]), trend: texts[trend], bars, mark,
      records: records.map(([key, ...values]) => [key, ...values.map((value) => texts[value])]),
      origin: origin && origin.map(([name, columns]) => [texts[name], columns.map((column) => texts[column])]),
    };
  });
};
window.auditorRow = (row, like) => {
  const item = like.cloneNode(true);
  const details = item.querySelector("details");
  details.id = row.id;
  details.open = false;
  const slots = (name) => item.querySelectorAll(`[data-slot="${name}"]`);
  const text = (name, value) => slots(name).forEach((slot) => { slot.textContent = value; });
  const make = (tag, value = "", parent = null) => {
    const element = document.createElement(tag);
    element.textContent = value;
    if (parent) parent.append(element);
    return element;
  };
  const svg = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    return element;
  };
  const frame = { viewBox: "0 0 1000 10", preserveAspectRatio: "none", "aria-hidden": "true" };
  const bar = (widths, size) => {
    const drawn = svg("svg", { ...frame, class: `bar ${size}` });
    let x = 0;
    widths.forEach((width, kind) => {
      if (width) drawn.append(svg("rect", { class: `b-${["vio", "und", "ok"][kind]}`, x, y: 0, width, height: 10 }));
      x += width;
    });
    return drawn;
  };
  const [[vio, und], zoom, edge] = row.bars;
  const whole = [vio, und, 1000 - vio - und];
  const count = (value) => value === null ? "–" : value.toLocaleString("en");

  const [violations, population, undetermined, passes, people] = row.n;
  Object.assign(item.dataset, {
    place: row.place, table: row.table, state: row.state[0], vio: violations, people: people || 0, text: "",
  });
  const figures = { violations, population, undetermined, passes, people };
  Object.entries(figures).forEach(([name, value]) => text(name, count(value)));
  const words = {
    id: row.id, place: row.place, state: row.state[0].charAt(0).toUpperCase() + row.state[0].slice(1), trend: row.trend,
    wrong: row.wrong, shown: `${row.records.length} of ${count(violations)} records`, rate: row.rate, unsure: row.unsure, fingerprint: row.mark,
  };
  Object.entries(words).forEach(([name, value]) => text(name, value));
  slots("state").forEach((slot) => { slot.className = `st st-${row.state[1]}`; });
  slots("notes").forEach((slot) => slot.replaceChildren(...row.notes.map((note) => {
    const line = make("p", note);
    line.className = "quiet";
    return line;
  })));

  if (row.trend) text("past", row.trend);
  else if (item.querySelector('[data-slot="past"] svg')) text("past", "Not in the last audit.");
  item.querySelector(".c-num .bar").replaceWith(bar(whole, "thin"));
  slots("bars").forEach((slot) => {
    slot.replaceChildren(bar(whole, "big"));
    if (!zoom.length) return;
    const wedge = svg("svg", { ...frame, class: "wedge" });
    wedge.append(svg("path", { d: `M0 0H${edge}L1000 10H0z` }));
    slot.append(wedge, bar(zoom, "big"));
  });
  slots("evidence").forEach((slot) => slot.replaceChildren(...row.records.map(([key, ...values]) => {
    const line = document.createElement("tr");
    const head = make("th", "", line);
    head.scope = "row";
    make("bdi", key, make("code", "", head));
    values.forEach((value) => make("bdi", value, make("td", "", line)));
    return line;
  })));
  if (row.origin) slots("origin").forEach((slot) => slot.replaceChildren(...row.origin.map(([table, columns]) => {
    const line = document.createElement("li");
    make("b", "", line).append(make("bdi", table));
    columns.forEach((column, place) => { line.append(place ? ", " : " "); make("bdi", column, make("code", "", line)); });
    return line;
  })));
  item.querySelectorAll("[aria-label]").forEach((part) => {
    part.setAttribute("aria-label", part.getAttribute("aria-label").replace(/F-\d+/, row.id));
  });
  item.querySelectorAll("[data-id]").forEach((button) => { button.dataset.id = row.id; });
  return item;
};
