/* What every page shares: appearance, menus, search key, tables by keyboard, toasts, countdown of revealed numbers.
   No text of its own: words come from data attributes. Everything works on fragments that htmx brings in later. */
(function () {
  "use strict";
  var $ = function (sel, root) { return (root || document).querySelector(sel); };
  var $$ = function (sel, root) { return Array.prototype.slice.call((root || document).querySelectorAll(sel)); };
  var typing = function (el) { return el && (/^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) || el.isContentEditable); };

  /* ---- appearance ---- */
  function markTheme() {
    var now = document.documentElement.dataset.theme;
    $$("[data-theme-set]").forEach(function (b) { b.setAttribute("aria-pressed", String(b.dataset.themeSet === now)); });
  }

  /* ---- menus: <details class="cx-menu">, and the side bar as a sheet on phones ---- */
  function closeMenus(except) {
    $$("details.cx-menu[open]").forEach(function (d) { if (d !== except) d.open = false; });
  }
  function sheet(open) {
    var shell = $("#shell");
    if (!shell) return;
    shell.classList.toggle("open", open);
    $$("[data-menu-open]").forEach(function (b) { b.setAttribute("aria-expanded", String(open)); });
    if (open) { var first = $(".cx-side a", shell); if (first) first.focus(); }
  }
  document.addEventListener("click", function (e) {
    closeMenus(e.target.closest("details.cx-menu"));
    var set = e.target.closest("[data-theme-set]");
    if (set) { window.cxTheme(set.dataset.themeSet); markTheme(); closeMenus(); }
    if (e.target.closest("[data-menu-open]")) sheet(!$("#shell").classList.contains("open"));
    if (e.target.closest("[data-menu-close]")) sheet(false);
    if (e.target.closest("[data-print]")) window.print();
    var back = e.target.closest("[data-back]");
    if (back && history.length > 1 && document.referrer.indexOf(location.origin) === 0) { e.preventDefault(); history.back(); }
    var shut = e.target.closest("[data-toast-close]");
    if (shut) shut.closest(".toast-x").remove();
    var row = e.target.closest("tr[data-href]");
    if (row && !e.target.closest("a,button,input,label,select,summary") && !String(getSelection())) location.assign(row.dataset.href);
  });

  /* ---- many filters: behind one button on phones, where those that are set stay in sight ---- */
  function fold(bar) {
    var more = $("[data-filters-more]", bar), filters = $$(":scope > a.cx-filter, :scope > details.cx-menu", bar);
    if (!more || filters.length < 4) return;
    more.hidden = false;
    bar.classList.add("fold");
  }
  document.addEventListener("click", function (e) {
    var more = e.target.closest("[data-filters-more]");
    if (more) more.setAttribute("aria-expanded", String(more.parentNode.classList.toggle("open")));
  });

  /* ---- keyboard: / searches, Escape closes, arrows walk table rows, Enter opens ---- */
  function rowsOf(table) { return $$("tbody tr", table).filter(function (r) { return $("a[href]", r); }); }
  function walk(e, table) {
    var rows = rowsOf(table), at = rows.indexOf(document.activeElement.closest("tr"));
    var next = rows[at + (e.key === "ArrowDown" ? 1 : -1)];
    if (next) { e.preventDefault(); $("a[href]", next).focus(); }
  }
  document.addEventListener("keydown", function (e) {
    if (e.key === "Escape") {
      var open = $("details.cx-menu[open]");
      if (open) { open.open = false; $("summary", open).focus(); }
      sheet(false);
      return;
    }
    if (typing(e.target) || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "/") { var box = $("[data-search]"); if (box) { e.preventDefault(); box.focus(); box.select(); } return; }
    if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
    var table = e.target.closest && e.target.closest("table.cx-t");
    if (table) walk(e, table);
    else if (e.target === document.body && e.key === "ArrowDown") {
      var first = $("table.cx-t[data-keys] tbody a[href]");
      if (first) { e.preventDefault(); first.focus(); }
    }
  });

  /* ---- toasts: 6 s, stopped while pointed at or focused ---- */
  function arm(toast) {
    if (toast.dataset.armed) return;
    toast.dataset.armed = "1";
    var timer, wait = function () { clearTimeout(timer); timer = setTimeout(function () { toast.remove(); }, 6000); };
    var hold = function () { clearTimeout(timer); };
    toast.addEventListener("pointerenter", hold); toast.addEventListener("pointerleave", wait);
    toast.addEventListener("focusin", hold); toast.addEventListener("focusout", wait);
    if (!toast.classList.contains("bad")) wait();
  }
  function toast(text, kind) {
    var from = $(kind === "bad" ? "#toast-template-bad" : "#toast-template"), region = $("#toasts");
    if (!from || !region || !text) return;
    var el = from.content.firstElementChild.cloneNode(true);
    $("[data-toast-text]", el).textContent = text;
    region.appendChild(el);
    arm(el);
  }
  window.cxToast = toast;
  document.addEventListener("cx:toast", function (e) { toast(e.detail.text, e.detail.kind); });
  /* an answer that names its own place (a refusal as a toast) is shown whatever its status */
  document.addEventListener("htmx:beforeSwap", function (e) {
    if (e.detail.xhr.getResponseHeader("HX-Retarget")) { e.detail.shouldSwap = true; e.detail.isError = false; }
  });
  document.addEventListener("htmx:responseError", function (e) {
    if (/^(409|422)$/.test(String(e.detail.xhr.status))) return;
    toast(document.body.dataset.errorText + " (" + e.detail.xhr.status + ")", "bad");
  });
  function unsent() { toast(document.body.dataset.offlineText, "bad"); }
  document.addEventListener("htmx:sendError", unsent);
  if ("serviceWorker" in navigator) navigator.serviceWorker.addEventListener("message", function (e) { if (e.data === "unsent") unsent(); });

  /* ---- a revealed number hides itself: data-hide-after seconds, text in data-hide-text with {n} ---- */
  function countdown(el) {
    if (el.dataset.armed) return;
    el.dataset.armed = "1";
    var left = Number(el.dataset.hideAfter), note = $("[data-left]", el);
    var tick = setInterval(function () {
      if (!el.isConnected) return clearInterval(tick);
      left -= 1;
      if (note) note.textContent = note.dataset.text.replace("{n}", left);
      if (left > 0) return;
      clearInterval(tick);
      var number = $("[data-number]", el);
      if (number) number.textContent = el.dataset.masked;
      $$("[data-after-hide]", el).forEach(function (x) { x.hidden = false; });
      $$("[data-while-shown]", el).forEach(function (x) { x.hidden = true; });
    }, 1000);
    el.addEventListener("click", function (e) { if (e.target.closest("[data-longer]")) left += Number(el.dataset.hideAfter); });
  }

  function arrange(root) {
    $$(".cx-toasts .toast-x", root).forEach(arm);
    $$("[data-hide-after]", root).forEach(countdown);
    $$(".cx-filters", root).forEach(fold);
    markTheme();
  }
  /* a page that was found by a telephone number does not leave the number in the address bar */
  var own = $("[data-address]");
  if (own) history.replaceState(history.state, "", own.dataset.address);

  document.addEventListener("htmx:load", function (e) { arrange(e.detail.elt.parentNode || document); });
  arrange(document);
})();
