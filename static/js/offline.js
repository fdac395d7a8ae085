/* Pages that can be read without a network (data-offline) say when what they show is an older copy. The day of a crew
   also puts the worker in place (data-worker) and has it keep what the day leads to (data-keep). */
(function () {
  "use strict";
  var banner = document.querySelector("[data-offline]");
  if (!banner || !("serviceWorker" in navigator)) return;
  var kept = document.documentElement.dataset.kept;

  function show() {
    var words = banner.querySelector("[data-offline-words]");
    var time = kept && new Date(kept).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    words.textContent = kept ? banner.dataset.kept.replace("{time}", time) : banner.dataset.away;
    banner.hidden = !kept && navigator.onLine;
  }
  window.addEventListener("offline", show);
  window.addEventListener("online", show);
  show();

  if (!banner.dataset.worker) return;
  navigator.serviceWorker.register(banner.dataset.worker).then(function () {
    return navigator.serviceWorker.ready;
  }).then(function (registration) {
    if (kept || !navigator.onLine) return;
    var links = Array.prototype.map.call(document.querySelectorAll("a[data-keep]"), function (a) { return a.href; });
    registration.active.postMessage({ keep: [location.href].concat(links) });
  }).catch(function () { /* a browser that forbids workers shows pages with a network only */ });
})();
