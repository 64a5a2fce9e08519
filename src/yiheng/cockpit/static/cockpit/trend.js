// Draws the monthly line from the data block beside it, in the colours of the style sheet.
"use strict";

function drawTrend() {
  const chart = document.getElementById("trend-chart");
  const block = document.getElementById("trend-data");
  if (!chart || !block || !window.Plotly) return;
  const data = JSON.parse(block.textContent);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const looks = [
    { color: colour("--before"), dash: "dot", width: 2 },
    { color: colour("--accent"), dash: "solid", width: 3 },
  ].slice(-data.lines.length);
  const lines = data.lines.map((line, i) => ({
    type: "scatter",
    mode: "lines+markers",
    name: line.name,
    x: data.months,
    y: line.values.map((value) => (value === "" ? null : Number(value))),
    text: line.values,
    hovertemplate: "%{text} " + data.unit + "<extra>" + line.name + "</extra>",
    line: looks[i],
    marker: { size: 6, color: looks[i].color },
  }));
  const layout = {
    font: { family: style.fontFamily, size: 13, color: colour("--ink") },
    margin: { l: 64, r: 12, t: 8, b: 36 },
    height: chart.clientHeight,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    legend: { orientation: "h", x: 1, xanchor: "right", y: 1.12 },
    hovermode: "x unified",
    xaxis: { type: "category", fixedrange: true, tickangle: 0, dtick: chart.clientWidth < 500 ? 2 : 1, gridcolor: colour("--line") },
    yaxis: { type: "linear", fixedrange: true, gridcolor: colour("--line"), tickformat: ",", ticksuffix: data.unit === "%" ? "%" : "" },
  };
  // htmx puts the attributes of an element with an id back after a swap, and Plotly's class with them:
  // it draws in the element within, which has none.
  window.Plotly.newPlot(chart.firstElementChild, lines, layout, { displayModeBar: false, responsive: true });
}

// Plotly is large, so the page does not wait for it. It is put in from here and not by the page
// because it fills a style sheet when it starts, which must have been read by then.
const plotly = document.createElement("script");
plotly.src = document.getElementById("plotly").href;
plotly.addEventListener("load", drawTrend);
document.head.append(plotly);

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "trend") drawTrend();
});
