/* Runs before the first paint: settles light or dark from the choice (server-rendered data-theme, or local storage). */
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = matchMedia("(prefers-color-scheme: dark)");
  function stored() { try { return localStorage.getItem("cx-theme"); } catch (e) { return null; } }
  function settle() {
    var choice = root.dataset.theme;
    root.setAttribute("data-bs-theme", choice === "dark" || (choice === "auto" && dark.matches) ? "dark" : "light");
  }
  if (/^(light|dark|auto)$/.test(stored() || "")) root.dataset.theme = stored();
  settle();
  dark.addEventListener("change", settle);
  window.addEventListener("beforeprint", function () { root.setAttribute("data-bs-theme", "light"); });
  window.addEventListener("afterprint", settle);
  window.cxTheme = function (choice) {
    root.dataset.theme = choice;
    try { localStorage.setItem("cx-theme", choice); } catch (e) { /* private mode: the cookie is enough */ }
    document.cookie = "theme=" + choice + ";path=/;max-age=31536000;samesite=lax" + (location.protocol === "https:" ? ";secure" : "");
    settle();
  };
})();
