"use strict";
for (const table of document.querySelectorAll(".layers table")) {
  const rows = [...table.tBodies[0].rows];
  const level = (row) => Number(row.dataset.level);
  const button = (row) => row.querySelector("button");
  const isOpen = (row) => button(row).getAttribute("aria-expanded") === "true";
  // A row is seen when every block around it is open.
  const show = () => {
    let closed = Infinity;
    for (const row of rows) {
      if (level(row) <= closed) closed = Infinity;
      row.hidden = level(row) > closed;
      if (!row.hidden && row.className === "block" && !isOpen(row)) closed = level(row);
    }
  };
  const blocks = rows.filter((row) => row.className === "block");
  const set = (row, open) => button(row).setAttribute("aria-expanded", String(open));
  for (const row of blocks) {
    set(row, level(row) < Number(table.dataset.depth));
    button(row).addEventListener("click", () => { set(row, !isOpen(row)); show(); });
  }
  for (const all of document.querySelectorAll(`button[data-table="${table.id}"]`)) {
    all.addEventListener("click", () => { blocks.forEach((row) => set(row, all.dataset.open !== "")); show(); });
  }
  show();
}
const reveal = () => {
  const inside = location.hash.startsWith("#block-") && document.getElementById(location.hash.slice(1));
  if (inside) { inside.open = true; inside.scrollIntoView({ block: "nearest" }); }
};
addEventListener("hashchange", reveal);
document.addEventListener("click", (event) => { if (event.target.closest(".figure a")) setTimeout(reveal); });
reveal();
