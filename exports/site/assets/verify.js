/* Hashes data files against the release's sums and counts the first page's figures again from them. Over http it fetches them;
   from a folder, where a page may read nothing by itself, it checks the files that a person chooses. */
(() => {
  "use strict";
  const release = window.gongkaiRelease;
  const box = document.querySelector("[data-proof]");
  if (!release || !box) return;
  const sums = new Map(release.files.map(([path, sum]) => [path, sum]));
  // of a dataset with a file for each year only the year that is counted is needed
  const HEADLINE = ["data/task-delivery.csv", `data/task-delivery.${box.dataset.year}.csv`].find((path) => sums.has(path));
  const all = box.dataset.proof === "all";
  const fromFolder = location.protocol === "file:";

  const say = (state, zh, en) => {
    box.dataset.state = state;
    const mark = box.querySelector("[data-proof-mark]");
    const [shape, tone] = { good: ["✓", "kept"], bad: ["✕", "overdue"], open: ["?", "unknown"] }[state];
    mark.textContent = shape;
    mark.className = `mark ${tone}`;
    const words = box.querySelector("[data-proof-words]");
    words.replaceChildren(part("zh", "zh-CN", zh), part("en", "en", en));
  };
  const part = (name, language, text) => {
    const element = document.createElement("span");
    element.className = name;
    element.lang = language;
    element.textContent = text;
    return element;
  };
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const digest = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

  const rowsOf = (text) => { // RFC 4180
    const rows = [[]];
    let cell = "", quoted = false;
    for (let at = 0; at < text.length; at++) {
      const here = text[at];
      if (quoted) {
        if (here !== '"') cell += here;
        else if (text[at + 1] === '"') { cell += '"'; at++; } else quoted = false;
      } else if (here === '"') quoted = true;
      else if (here === ",") { rows.at(-1).push(cell); cell = ""; }
      else if (here === "\n") { rows.at(-1).push(cell.replace(/\r$/, "")); cell = ""; rows.push([]); }
      else cell += here;
    }
    if (cell || rows.at(-1).length) rows.at(-1).push(cell);
    return rows.filter((row) => row.length > 1);
  };
  const recount = (bytes) => {
    const [head, ...rows] = rowsOf(new TextDecoder("utf-8").decode(bytes));
    const status = head.indexOf("delivery_status"), year = head.indexOf("plan_year");
    const counts = { kept: 0, late: 0, overdue: 0, running: 0, unknown: 0 };
    for (const row of rows) if (row[year] === box.dataset.year) counts[release.toneOf[row[status]] ?? "unknown"]++;
    return counts;
  };
  const shown = () => Object.fromEntries(Array.from(document.querySelectorAll("[data-headline]"), (one) => [one.dataset.headline, Number(one.textContent)]));
  const differing = (counts) => Object.entries(shown()).filter(([tone, count]) => counts[tone] !== count).map(([tone]) => tone);

  const mark = (path, good) => {
    const row = document.querySelector(`[data-file="${CSS.escape(path)}"]`);
    if (!row) return;
    const badge = document.createElement("span");
    badge.className = `badge ${good ? "kept" : "overdue"}`;
    badge.append(part("zh", "zh-CN", good ? "✓ 一致" : "✕ 不一致"), part("en", "en", good ? "✓ the same" : "✕ differs"));
    row.cells[1].replaceChildren(badge);
  };
  const check = async (files, manifest) => { // files: path -> bytes
    const bad = [];
    for (const [path, bytes] of files) {
      const good = (await digest(bytes)) === sums.get(path);
      if (!good) bad.push(path);
      mark(path, good);
    }
    if (manifest) {
      const listed = new Map(JSON.parse(new TextDecoder().decode(manifest)).datasets.flatMap((one) => one.files.map((file) => [file.path, file.sha256])));
      for (const [path, sum] of sums) if (listed.get(path) !== sum) bad.push(`manifest.json: ${path}`);
      if (listed.size !== sums.size) bad.push("manifest.json");
    }
    const counts = files.has(HEADLINE) ? recount(files.get(HEADLINE)) : null;
    const off = counts ? differing(counts) : [];
    if (bad.length || off.length) return say("bad", `不一致：${[...bad, ...off].join("、")}。请勿采信，并告诉发布者。`, `Differs: ${[...bad, ...off].join(", ")}. Do not rely on it, and tell the publisher.`);
    const missing = sums.size - files.size;
    const figures = counts ? [`，重新计算：兑现 ${counts.kept}、逾期完成 ${counts.late}、未落实 ${counts.overdue}、未到期 ${counts.running}、不明 ${counts.unknown}`, `; counted again: kept ${counts.kept}, late ${counts.late}, not delivered ${counts.overdue}, not yet due ${counts.running}, unknown ${counts.unknown}`] : ["", ""];
    if (all && missing) return say("open", `${files.size} 个文件与清单一致，还有 ${missing} 个没有核对${figures[0]}。`, `${files.size} files agree with the manifest, ${missing} were not checked${figures[1]}.`);
    return say("good", `已在您的浏览器中核对：${files.size} 个数据文件与清单一致${figures[0]}。`, `Checked in your browser: ${files.size} data ${files.size === 1 ? "file agrees" : "files agree"} with the manifest${figures[1]}.`);
  };
  const fetched = async (path) => {
    const answer = await fetch(`${box.dataset.root}../${path}`, { cache: "no-store" });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.arrayBuffer();
  };
  const checkHere = async () => {
    const wanted = all ? [...sums.keys()] : [HEADLINE].filter(Boolean);
    if (!wanted.length) return;
    try {
      const files = new Map();
      for (const path of wanted) files.set(path, await fetched(path));
      await check(files, await fetched("manifest.json"));
    } catch (error) {
      say("bad", `不能核对：${error.message}`, `Could not be checked: ${error.message}`);
    }
  };

  if (!globalThis.crypto?.subtle) {
    say("open", "此网址不是 https，浏览器不提供散列函数，没有核对。", "This address is not https: the browser offers no digest here, nothing was checked.");
  } else if (!fromFolder) {
    checkHere();
  } else {
    say("open", "本页是从文件夹打开的，数字尚未核对。", "This page was opened from a folder; its figures have not been checked.");
    const picker = document.getElementById("picker");
    if (picker) {
      picker.hidden = false;
      document.getElementById("files").addEventListener("change", async (event) => {
        const chosen = new Map();
        let manifest = null;
        for (const file of event.target.files) {
          if (file.name === "manifest.json") manifest = await file.arrayBuffer();
          else if (sums.has(`data/${file.name}`)) chosen.set(`data/${file.name}`, await file.arrayBuffer());
        }
        await check(chosen, manifest);
      });
    }
  }
})();
