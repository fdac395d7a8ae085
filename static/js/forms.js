/* Forms that lose nothing: saved on every change, restored after an expired session, sent once.
   Words come from data attributes. A form opts in with data-autosave="key"; a page that shows success carries
   data-clear-draft="key" somewhere (a toast does it through the message's extra_tags). */
(function () {
  "use strict";
  var $ = function (sel, root) { return (root || document).querySelector(sel); };
  var $$ = function (sel, root) { return Array.prototype.slice.call((root || document).querySelectorAll(sel)); };
  var PREFIX = "cx-draft:", KEEP_MS = 3 * 24 * 3600 * 1000;
  var user = document.body.dataset.user || "";
  var keyOf = function (name) { return PREFIX + user + ":" + name; };
  var store = {
    get: function (k) { try { return JSON.parse(localStorage.getItem(k)); } catch (e) { return null; } },
    set: function (k, v) { try { localStorage.setItem(k, JSON.stringify(v)); return true; } catch (e) { return false; } },
    drop: function (k) { try { localStorage.removeItem(k); } catch (e) { /* nothing kept, nothing to drop */ } }
  };

  /* ---- autosave ---- */
  function fields(form) {
    return Array.prototype.filter.call(form.elements, function (el) {
      return el.name && el.name !== "csrfmiddlewaretoken" && !/^(password|file|submit|button|reset)$/.test(el.type) && !el.hasAttribute("data-no-draft");
    });
  }
  function take(form) {
    var out = {};
    fields(form).forEach(function (el) {
      if ((el.type === "radio" || el.type === "checkbox") && !el.checked) return;
      (out[el.name] = out[el.name] || []).push(el.value);
    });
    return out;
  }
  function put(form, values) {
    fields(form).forEach(function (el) {
      var saved = values[el.name] || [];
      if (el.type === "radio" || el.type === "checkbox") el.checked = saved.indexOf(el.value) >= 0;
      else if (saved.length) el.value = saved.shift();
      el.dispatchEvent(new Event("cx:restored", { bubbles: true }));
    });
  }
  function showTime(form, at) {
    var place = $("[data-saved-at]", form) || document.querySelector("[data-saved-at]");
    if (!place) return;
    var d = new Date(at), two = function (n) { return (n < 10 ? "0" : "") + n; };
    $("[data-saved-text]", place).textContent = place.dataset.savedAt.replace("{t}", two(d.getHours()) + ":" + two(d.getMinutes()));
    place.hidden = false;
  }
  function autosave(form) {
    if (form.dataset.armed) return;
    form.dataset.armed = "1";
    var key = keyOf(form.dataset.autosave), timer, draft = store.get(key);
    if (draft && Date.now() - draft.at < KEEP_MS && !form.hasAttribute("data-bound")) {
      put(form, draft.values);
      showTime(form, draft.at);
      form.dispatchEvent(new CustomEvent("cx:draft-restored", { bubbles: true }));
    }
    var save = function () {
      clearTimeout(timer);
      timer = setTimeout(function () { var at = Date.now(); if (store.set(key, { at: at, values: take(form) })) showTime(form, at); }, 300);
    };
    form.addEventListener("input", save);
    form.addEventListener("change", save);
  }
  function clearDrafts(root) {
    $$("[data-clear-draft]", root).forEach(function (el) { if (el.dataset.clearDraft) store.drop(keyOf(el.dataset.clearDraft)); });
  }
  document.addEventListener("submit", function (e) {
    if (!e.target.hasAttribute("data-clear-drafts")) return;
    try {
      Object.keys(localStorage).forEach(function (k) { if (k.indexOf(PREFIX + user + ":") === 0) localStorage.removeItem(k); });
    } catch (err) { /* private mode */ }
  });

  /* ---- sent once ---- */
  document.addEventListener("submit", function (e) {
    var form = e.target;
    if (e.defaultPrevented || form.method !== "post" || form.hasAttribute("data-many")) return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
    setTimeout(function () { $$("button:not([type=button])", form).forEach(function (b) { b.setAttribute("aria-disabled", "true"); }); }, 0);
  });
  function release(form) {
    if (!form || !form.removeAttribute) return;
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    $$("[aria-disabled]", form).forEach(function (b) { b.removeAttribute("aria-disabled"); });
  }
  window.addEventListener("pageshow", function () { $$("form[data-sent]").forEach(release); });
  document.addEventListener("htmx:afterRequest", function (e) { release(e.target.closest && e.target.closest("form")); });

  /* ---- number by − and + ---- */
  document.addEventListener("click", function (e) {
    var b = e.target.closest("[data-step]");
    if (!b) return;
    var input = $("input", b.closest(".stepn")), min = input.min === "" ? -Infinity : Number(input.min), max = input.max === "" ? Infinity : Number(input.max);
    input.value = Math.min(max, Math.max(min, Number(input.value || 0) + Number(b.dataset.step)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  /* ---- a block shown only for one answer: data-show-if="field=value,value" ---- */
  function conditions(form) {
    $$("[data-show-if]", form).forEach(function (el) {
      var rule = el.dataset.showIf.split("="), wanted = rule[1].split(","), now = form.elements[rule[0]];
      el.hidden = !now || wanted.indexOf(String(now.value)) < 0;
      $$("input,select,textarea", el).forEach(function (i) { i.disabled = el.hidden; });
    });
  }
  ["change", "cx:restored"].forEach(function (n) {
    document.addEventListener(n, function (e) { var f = e.target.form; if (f && $("[data-show-if]", f)) conditions(f); });
  });

  /* ---- photos: tiles show what was chosen ---- */
  document.addEventListener("change", function (e) {
    if (!e.target.matches("input[type=file][data-photos]")) return;
    var box = document.getElementById(e.target.dataset.photos);
    if (!box) return;
    box.textContent = "";
    Array.prototype.forEach.call(e.target.files, function (file) {
      if (!/^image\//.test(file.type)) return;
      var reader = new FileReader();
      reader.onload = function () {
        var img = new Image();
        img.className = "thumb lg"; img.alt = e.target.dataset.alt || file.name; img.src = reader.result;
        box.appendChild(img);
      };
      reader.readAsDataURL(file);
    });
  });

  /* ---- text areas grow ---- */
  function grow(el) { el.style.height = "auto"; el.style.height = el.scrollHeight + 2 + "px"; }
  var growing = !CSS.supports("field-sizing", "content");
  if (growing) ["input", "cx:restored"].forEach(function (n) {
    document.addEventListener(n, function (e) { if (e.target.matches("textarea")) grow(e.target); });
  });

  function arrange(root) {
    clearDrafts(root);
    $$("form[data-autosave]", root).forEach(autosave);
    $$("form", root).forEach(conditions);
    if (root.closest && root.closest("form")) conditions(root.closest("form"));  // a fragment brought into a form
    if (growing) $$("textarea", root).forEach(grow);
  }
  document.addEventListener("htmx:load", function (e) { arrange(e.detail.elt.parentNode || document); });
  arrange(document);
})();
