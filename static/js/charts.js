/* Every <div data-chart="kind" data-src="json-id" data-label="…"> is drawn from a JSON script tag with one of `kinds`.
   No inline code, no inline style: tooltips are drawn (richText), because HTML tooltips carry style attributes.
   Words come from the JSON and from data attributes (data-total, data-label). */
(function () {
  "use strict";
  var css = function (n) { return getComputedStyle(document.documentElement).getPropertyValue(n).trim(); };
  var read = function (id) { return JSON.parse(document.getElementById(id).textContent); };

  function base(el) {
    return {
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      textStyle: { fontFamily: css("--cx-font"), fontSize: 12, color: css("--cx-ink-2") },
      tooltip: { renderMode: "richText", trigger: "axis", axisPointer: { type: "shadow", z: 0, shadowStyle: { color: css("--cx-sunken"), opacity: .6 } },
        backgroundColor: css("--cx-surface"), borderColor: css("--cx-line-2"), textStyle: { color: css("--cx-ink"), fontSize: 12 } },
      legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10, itemGap: 16, textStyle: { color: css("--cx-ink-2"), fontSize: 12 } },
      aria: { enabled: true, label: { description: el.dataset.label || "" } }
    };
  }

  var kinds = {
    /* stacked bars: {levels, ages, data[level][age], urls?[level]} */
    backlog: function (d, el) {
      var tint = [css("--cx-h1"), css("--cx-h3"), css("--cx-h4"), css("--cx-h6")];
      var totals = d.data.map(function (r) { return r.reduce(function (a, b) { return a + b; }, 0); });
      var o = base(el);
      o.grid = { left: 4, right: 36, top: el.clientWidth < 360 ? 58 : 34, bottom: 4, containLabel: true }; /* a narrow legend has two lines */
      o.xAxis = { type: "value", splitNumber: 4, minInterval: 1, splitLine: { lineStyle: { color: css("--cx-line") } }, axisLabel: { color: css("--cx-ink-3") } };
      o.yAxis = { type: "category", inverse: true, data: d.levels, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: css("--cx-ink"), fontSize: 13 } };
      o.series = d.ages.map(function (name, i) {
        return { name: name, type: "bar", stack: "a", barMaxWidth: 20, itemStyle: { color: tint[i], borderColor: css("--cx-surface"), borderWidth: 1 },
          label: { show: true, fontSize: 12, color: css(i === 3 ? "--cx-surface" : "--cx-ink"), formatter: function (p) { return p.value > 1 ? p.value : ""; } },
          data: d.data.map(function (r) { return r[i]; }) };
      });
      o.series.push({ name: el.dataset.total || "", type: "bar", stack: "a", silent: true, tooltip: { show: false }, itemStyle: { color: "transparent" }, data: totals.map(function () { return 0; }),
        label: { show: true, position: "right", color: css("--cx-ink"), fontWeight: 600, fontSize: 13, formatter: function (p) { return totals[p.dataIndex]; } } });
      o.legend.data = d.ages;
      return o;
    },
    /* lines over months: {labels, unit, series: [{name, values, n?, reference?}], target?}; null is a gap, never zero */
    trend: function (d, el) {
      var colours = ["--cx-brand", "--cx-up-solid", "--cx-warn-solid", "--cx-run-solid"].map(css);
      var o = base(el);
      o.grid = { left: 4, right: 16, top: d.series.length > 1 ? 34 : 14, bottom: 4, containLabel: true };
      o.legend.show = d.series.length > 1;
      o.tooltip.axisPointer = { type: "line", lineStyle: { color: css("--cx-control") } };
      o.tooltip.formatter = function (points) {
        return points[0].axisValue + "\n" + points.map(function (p) {
          var s = d.series[p.seriesIndex], n = s.n ? "  n=" + s.n[p.dataIndex] : "";
          return p.seriesName + "  " + (p.value === null || p.value === undefined ? "—" : Number(p.value).toFixed(1) + (d.unit || "")) + n;
        }).join("\n");
      };
      o.xAxis = { type: "category", boundaryGap: false, data: d.labels, axisLine: { lineStyle: { color: css("--cx-line-2") } }, axisTick: { show: false }, axisLabel: { color: css("--cx-ink-3") } };
      o.yAxis = { type: "value", scale: true, splitNumber: 4, splitLine: { lineStyle: { color: css("--cx-line") } }, axisLabel: { color: css("--cx-ink-3"), formatter: "{value}" + (d.unit || "") } };
      o.series = d.series.map(function (s, i) {
        var colour = s.reference ? css("--cx-line-2") : colours[i % colours.length];
        var line = { name: s.name, type: "line", data: s.values, connectNulls: false, symbol: s.reference ? "none" : "circle", symbolSize: 6,
          lineStyle: { color: colour, width: s.reference ? 1.25 : 2 }, itemStyle: { color: colour } };
        if (i === 0 && d.target !== undefined && d.target !== null) line.markLine = { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: css("--cx-ink-3"), type: "dashed" }, data: [{ yAxis: d.target }] };
        return line;
      });
      return o;
    }
  };

  function draw(el) {
    var chart = echarts.getInstanceByDom(el) || echarts.init(el, null, { renderer: "svg" });
    var data = read(el.dataset.src);
    chart.setOption(kinds[el.dataset.chart](data, el), true);
    if (el.dataset.drawn) return;
    el.dataset.drawn = "1";
    new ResizeObserver(function () { chart.resize(); }).observe(el);
    if (data.urls) chart.on("click", function (p) { var to = data.urls[p.dataIndex]; if (to) location.assign(to); });
  }
  function drawAll(root) { (root || document).querySelectorAll("[data-chart]").forEach(draw); }
  drawAll();
  new MutationObserver(function () { drawAll(); }).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  document.addEventListener("htmx:afterSwap", function () { drawAll(); });
})();
