/* The language switch, the data's day, and addresses of embedded charts. Pages are whole without it. */
(() => {
  "use strict";
  const root = document.documentElement;
  const remembered = () => { try { return localStorage.getItem("gongkai-language"); } catch { return null; } };
  const show = (language) => {
    root.dataset.lang = language;
    root.lang = language === "en" ? "en" : "zh-CN";
    try { localStorage.setItem("gongkai-language", language); } catch { /* a browser that keeps nothing shows Chinese first */ }
  };
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked === "en" || asked === "zh") show(asked);
  else if (remembered() === "en") show("en");
  for (const button of document.querySelectorAll("[data-switch-language]")) {
    button.hidden = false;
    button.addEventListener("click", () => show(root.dataset.lang === "en" ? "zh" : "en"));
  }
  const release = window.gongkaiRelease;
  if (release) for (const place of document.querySelectorAll("[data-as-of]")) place.textContent = release.asOf;
  for (const place of document.querySelectorAll("[data-page-address]")) place.textContent = location.href.split(/[?#]/)[0];
})();
