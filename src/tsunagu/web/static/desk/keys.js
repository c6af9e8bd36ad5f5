// What the keyboard adds to lists, and small comforts of forms. Every page works without this file.
"use strict";
(() => {
  const isTyping = (element) =>
    element.isContentEditable ||
    /^(TEXTAREA|SELECT)$/.test(element.tagName) ||
    (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit|range)$/.test(element.type));

  const listRows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);

  // j and k: to the next row, to the one before; its link has the focus, so Enter opens it.
  const walk = (by) => {
    const rows = listRows();
    if (!rows.length) return;
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + by, 0), rows.length - 1);
    const link = rows[next].querySelector("a[href]") || rows[next].querySelector("button, input");
    if (link) link.focus();
  };

  // x: ticks the row that has the focus.
  const tick = () => {
    const row = document.activeElement.closest("[data-row]");
    const box = row && row.querySelector("input[type=checkbox]");
    if (box) box.click();
  };

  const search = () => {
    const field = document.querySelector("[data-search]") || document.querySelector("input[type=search]");
    if (field) field.focus();
    return Boolean(field);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") {
      document.querySelectorAll("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
      return;
    }
    if (isTyping(event.target)) return;
    // data-key="1" on a button: that key presses it.
    const button = /^[1-9]$/.test(event.key) && document.querySelector(`button[data-key="${event.key}"]`);
    if (button) {
      event.preventDefault();
      button.click();
      return;
    }
    const done = { j: () => walk(1), k: () => walk(-1), x: tick, "/": search }[event.key];
    if (done && done() !== false) event.preventDefault();
  });

  // A menu closes when one clicks elsewhere.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    });
  });

  // data-ticks="name": this box ticks all boxes of that name.
  document.addEventListener("change", (event) => {
    const name = event.target.dataset ? event.target.dataset.ticks : null;
    if (!name) return;
    document.querySelectorAll(`input[type=checkbox][name="${name}"]`).forEach((box) => {
      box.checked = event.target.checked;
    });
  });

  const showTicks = () => document.querySelectorAll("[data-ticks]").forEach((box) => box.removeAttribute("hidden"));
  showTicks();
  document.addEventListener("htmx:load", showTicks);

  // data-twin="id": a slider and a number that say the same.
  document.addEventListener("input", (event) => {
    const twin = event.target.dataset && document.getElementById(event.target.dataset.twin || "");
    if (twin) twin.value = event.target.value;
  });
})();
