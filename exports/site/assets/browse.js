/* The table of tasks: filter, sort, and save what is shown. Data come as a script (assets/index.js), so that it works from a folder. */
(() => {
  "use strict";
  const index = window.gongkaiIndex;
  const table = document.getElementById("table");
  if (!index || !table) return;
  const STEP = 200;
  const english = () => document.documentElement.dataset.lang === "en";
  const unitOf = (owner) => (typeof owner === "number" ? index.units[owner] : [null, owner, null]);
  const rows = index.tasks.flatMap(([name, title, number, plan, year, due, owners]) =>
    (owners.length ? owners : [[null, "unknown"]]).map(([owner, status]) => {
      const [unit, unitName] = owner === null ? [null, "—"] : unitOf(owner);
      const [zh, en, tone] = index.words[status] ?? [status, status, "unknown"];
      return { name, title, number, plan, year, due, unit, unitName, status, zh, en, tone };
    }));
  const form = document.getElementById("filters");
  const asked = new URLSearchParams(location.search);
  const add = (id, options) => {
    const select = document.getElementById(id);
    for (const [value, text] of [["", "全部 All"], ...options]) select.append(new Option(text, value));
    select.value = asked.get(select.name) ?? "";
    if (select.selectedIndex < 0) select.value = "";
  };
  add("f-tone", Object.entries(index.tones).map(([tone, [zh, en, mark]]) => [tone, `${mark} ${zh} ${en}`]));
  add("f-unit", index.units.map(([name, title]) => [name, title]));
  add("f-plan", index.plans.map(([, title], place) => [String(place), title]));
  for (const id of ["f-text", "f-month"]) { const input = document.getElementById(id); input.value = asked.get(input.name) ?? ""; }
  form.hidden = table.hidden = false;

  let order = null, descending = false, limit = STEP, found = [];
  const keys = [(row) => row.title, (row) => row.unitName, (row) => Object.keys(index.tones).indexOf(row.tone), (row) => row.due ?? "9999", (row) => index.plans[row.plan]?.[1] ?? ""];
  const compare = new Intl.Collator("zh-CN", { numeric: true }).compare;
  const select = () => {
    const { text, tone, unit, plan, month } = Object.fromEntries(new FormData(form));
    const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
    found = rows.filter((row) =>
      (!tone || row.tone === tone) && (!unit || row.unit === unit) && (!plan || String(row.plan) === plan) && (!month || (row.due ?? "").startsWith(month))
      && words.every((word) => `${row.number ?? ""} ${row.title} ${row.unitName}`.toLowerCase().includes(word)));
    if (order !== null) {
      const key = keys[order], sign = descending ? -1 : 1;
      found.sort((left, right) => { const a = key(left), b = key(right); return sign * (typeof a === "number" ? a - b : compare(a, b)); });
    }
  };
  const link = (address, text) => { const a = document.createElement("a"); a.href = address; const b = document.createElement("bdi"); b.textContent = text; a.append(b); return a; };
  const plain = (text) => { const b = document.createElement("bdi"); b.textContent = text; return b; };
  const badge = (row) => {
    const span = document.createElement("span");
    span.className = `badge ${row.tone}`;
    for (const [name, language, text] of [["zh", "zh-CN", row.zh], ["en", "en", row.en]]) { const word = document.createElement("span"); word.className = name; word.lang = language; word.textContent = `${index.tones[row.tone][2]} ${text}`; span.append(word); }
    return span;
  };
  const draw = () => {
    const body = document.createDocumentFragment();
    for (const row of found.slice(0, limit)) {
      const line = document.createElement("tr");
      const plan = index.plans[row.plan];
      const cells = [link(`tasks/${row.name}.html`, row.title), row.unit ? link(`units/${row.unit}.html`, row.unitName) : plain(row.unitName), badge(row), row.due ?? "—", plan ? link(`plans/${plan[0]}.html`, plan[1]) : "—"];
      for (const cell of cells) { const td = document.createElement("td"); td.append(cell); line.append(td); }
      body.append(line);
    }
    table.tBodies[0].replaceChildren(body);
    document.getElementById("found").textContent = english() ? `${found.length} of ${rows.length} promises` : `${rows.length} 项承诺中的 ${found.length} 项`;
    document.getElementById("further").hidden = found.length <= limit;
  };
  const update = () => { limit = STEP; select(); draw(); };
  form.addEventListener("input", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("further").addEventListener("click", () => { limit += STEP; draw(); });
  for (const button of table.querySelectorAll("[data-sort]")) {
    button.addEventListener("click", () => {
      const column = Number(button.dataset.sort);
      descending = order === column && !descending;
      order = column;
      for (const other of table.tHead.querySelectorAll("th")) other.removeAttribute("aria-sort");
      button.parentElement.setAttribute("aria-sort", descending ? "descending" : "ascending");
      update();
    });
  }
  const cell = (value) => {
    const text = String(value ?? "");
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text; // a spreadsheet would run it as a formula
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  document.getElementById("save").addEventListener("click", () => {
    const lines = [["task_no", "task_title", "unit_name", "delivery_status", "deadline_on", "document_title"], ...found.map((row) => [row.number, row.title, row.unitName, row.status, row.due, index.plans[row.plan]?.[1]])];
    const text = `\ufeff${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
    const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    const a = document.createElement("a");
    a.href = address;
    a.download = "tasks.csv";
    a.click();
    URL.revokeObjectURL(address);
  });
  update();
})();
