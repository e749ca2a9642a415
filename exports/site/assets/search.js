/* Search over tasks, units, plans, datasets and rules not met: every word must be found; Chinese needs no word boundaries. */
(() => {
  "use strict";
  const index = window.gongkaiIndex;
  const results = document.getElementById("results");
  const input = document.getElementById("q");
  if (!index || !results) return;
  const MOST = 50;
  const unitName = (owner) => (typeof owner === "number" ? index.units[owner][1] : owner);
  const groups = [
    ["任务 Tasks", index.tasks.map(([name, title, number, plan, , , owners]) => [`tasks/${name}.html`, title, `${number ?? ""} ${index.plans[plan]?.[1] ?? ""}`, owners.map(([owner]) => unitName(owner)).join(" ")])],
    ["单位 Units", index.units.map(([name, title]) => [`units/${name}.html`, title, "", ""])],
    ["计划文件 Plans", index.plans.map(([name, title, year]) => [`plans/${name}.html`, title, String(year ?? ""), ""])],
    ["数据 Data", index.datasets.map(([address, zh, en, slug]) => [address, zh, `${en} ${slug}`, ""])],
    ["未通过的规则 Rules not met", index.findings.map(([rule, slug]) => ["quality.html#not-met", rule, slug, ""])],
  ];
  const run = () => {
    const asked = input.value.normalize("NFKC").trim().toLowerCase();
    const words = asked.split(/\s+/).filter(Boolean);
    results.replaceChildren();
    const status = document.getElementById("found");
    if (!words.length) return;
    let total = 0;
    for (const [title, entries] of groups) {
      const found = entries.filter((entry) => { const text = entry.slice(1).join(" ").normalize("NFKC").toLowerCase(); return words.every((word) => text.includes(word)); });
      found.sort((left, right) => right[1].toLowerCase().includes(asked) - left[1].toLowerCase().includes(asked));
      total += found.length;
      if (!found.length) continue;
      const section = document.createElement("section");
      const head = document.createElement("h2");
      head.textContent = `${title} ${found.length}`;
      const list = document.createElement("ul");
      list.className = "plain";
      for (const [address, text, beside] of found.slice(0, MOST)) {
        const item = document.createElement("li"), link = document.createElement("a"), words = document.createElement("bdi"), more = document.createElement("span");
        link.href = address;
        words.textContent = text;
        link.append(words);
        more.className = "quiet";
        more.textContent = ` ${beside.trim()}`;
        item.append(link, more);
        list.append(item);
      }
      section.append(head, list);
      results.append(section);
    }
    status.textContent = total ? `${total} 项 found` : "没有找到 Nothing found";
  };
  input.value = new URLSearchParams(location.search).get("q") ?? "";
  input.addEventListener("input", run);
  run();
})();
