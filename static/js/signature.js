/* Signatures: strokes on a canvas become a PNG in the file field beside it, so the form is sent like any other.
   A photo chosen instead clears the canvas; the drawing is kept when the window turns. */
(function () {
  "use strict";
  var RATIO = Math.min(window.devicePixelRatio || 1, 2), PEN = 2.4;

  function arm(box) {
    if (box.dataset.armed || !window.DataTransfer) return;
    box.dataset.armed = "1";
    var input = document.getElementById(box.dataset.signature), pad = box.querySelector(".sig__pad");
    var canvas = box.querySelector("canvas"), clear = box.querySelector(".sig__clear"), hint = box.querySelector(".sig__hint");
    var pen = canvas.getContext("2d"), strokes = [], now = null;
    pad.hidden = false;

    function draw() {
      var width = canvas.clientWidth, height = canvas.clientHeight;
      canvas.width = width * RATIO; canvas.height = height * RATIO;
      pen.scale(RATIO, RATIO);
      pen.fillStyle = "#fff"; pen.fillRect(0, 0, width, height);
      pen.strokeStyle = "#10212b"; pen.fillStyle = "#10212b"; pen.lineWidth = PEN; pen.lineCap = pen.lineJoin = "round";
      strokes.forEach(function (points) {
        pen.beginPath();
        points.forEach(function (p, i) { if (i) pen.lineTo(p[0] * width, p[1] * height); else pen.moveTo(p[0] * width, p[1] * height); });
        if (points.length === 1) pen.arc(points[0][0] * width, points[0][1] * height, PEN / 2, 0, 7);
        if (points.length === 1) pen.fill(); else pen.stroke();
      });
      hint.hidden = clear.hidden = true;
      if (strokes.length) clear.hidden = false; else hint.hidden = false;
    }
    function place(e) {
      var r = canvas.getBoundingClientRect();
      return [(e.clientX - r.left) / r.width, (e.clientY - r.top) / r.height];
    }
    function keep() {
      canvas.toBlob(function (blob) {
        if (!strokes.length || !blob) return;
        var given = new DataTransfer();
        given.items.add(new File([blob], "signature.png", { type: "image/png" }));
        input.files = given.files;
        input.dataset.drawn = "1";
        box.dataset.signed = "1";
      }, "image/png");
    }
    function wipe() {
      strokes = []; delete box.dataset.signed; draw();
      if (input.dataset.drawn) { input.value = ""; delete input.dataset.drawn; }
    }
    canvas.addEventListener("pointerdown", function (e) {
      if (e.button) return;
      e.preventDefault();
      canvas.setPointerCapture(e.pointerId);
      now = [place(e)]; strokes.push(now); draw();
    });
    canvas.addEventListener("pointermove", function (e) { if (now) { now.push(place(e)); draw(); } });
    ["pointerup", "pointercancel"].forEach(function (name) {
      canvas.addEventListener(name, function () { if (now) { now = null; keep(); } });
    });
    clear.addEventListener("click", wipe);
    input.addEventListener("change", function () { strokes = []; delete input.dataset.drawn; delete box.dataset.signed; draw(); });
    if (window.ResizeObserver) new ResizeObserver(draw).observe(canvas); else draw();
  }
  function all() { Array.prototype.forEach.call(document.querySelectorAll("[data-signature]"), arm); }
  document.addEventListener("htmx:load", all);
  all();
})();
