/* What a phone knows at the door: its time when the form is sent, its place when the person asks for it. */
(function () {
  "use strict";
  document.addEventListener("submit", function (e) {
    var time = e.target.querySelector("[data-device-time]");
    if (time && !time.value) time.value = new Date().toISOString();  // a repeated sending keeps the first time
  }, true);
  if (!navigator.geolocation) return;
  Array.prototype.forEach.call(document.querySelectorAll("[data-device-locate]"), function (b) { b.hidden = false; });
  document.addEventListener("click", function (e) {
    var button = e.target.closest("[data-device-locate]");
    if (!button) return;
    var words = button.querySelector("span");
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(function (found) {
      Array.prototype.forEach.call(button.form.querySelectorAll("[data-device-place]"), function (field) {
        field.value = found.coords[field.dataset.devicePlace].toFixed(6);
      });
      button.removeAttribute("aria-busy");
      words.textContent = button.dataset.done;
    }, function () {
      button.removeAttribute("aria-busy");
      words.textContent = button.dataset.failed;
    }, { enableHighAccuracy: true, timeout: 10000 });
  });
})();
