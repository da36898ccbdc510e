// Keys and small comforts. Every page works without this file; it only presses buttons that are there.
(function () {
  "use strict";
  const all = (q, root) => Array.from((root || document).querySelectorAll(q));
  const map = document.getElementById("keys");
  const codes = new Set(map ? all("[data-code]", map).map((row) => row.dataset.code) : []);
  const OFF = "otklik-keys-off";
  const off = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };

  // Rows that J and K walk over.
  const rows = () => all("[data-row]");
  const here = () => document.querySelector("[data-row].at");
  function walk(step) {
    const list = rows();
    if (!list.length) return false;
    const at = list.indexOf(here());
    const next = list[Math.max(0, Math.min(list.length - 1, at + step))];
    list.forEach((row) => row.classList.toggle("at", row === next));
    next.scrollIntoView({ block: "nearest" });
    const target = next.querySelector("a.title, [data-key]");
    if (target) target.focus({ preventScroll: true });
    return true;
  }

  // A key presses the button or link marked with its code: in the current row first.
  function press(code) {
    const row = here();
    const target = (row && row.querySelector(`[data-key~="${code}"]`)) ||
      all(`[data-key~="${code}"]`).find((el) => !el.closest("[data-row]") || !row) || null;
    if (!target) return false;
    if (target.matches("input[type=search], input[type=text]")) { target.focus(); target.select(); }
    else target.click();
    return true;
  }

  function showMap(open) {
    if (!map) return;
    if (open) map.showModal(); else map.close();
  }

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
    if (event.code === "Enter" && event.ctrlKey && field && field.form) { field.form.requestSubmit(); return; }
    if (field || event.ctrlKey || event.altKey || event.metaKey || (map && map.open)) return;
    if (event.shiftKey && (event.code === "Slash" || event.code === "Digit7") && (event.key === "?" || event.key === ",")) {
      showMap(true); event.preventDefault(); return;
    }
    if (off() || event.shiftKey || !codes.has(event.code)) return;
    if (event.code === "Enter" && event.target.closest("a, button, summary")) return;
    const walks = rows().length > 0 && { KeyJ: 1, KeyK: -1 }[event.code];
    if (walks ? walk(walks) : press(event.code)) event.preventDefault();
  });

  all("[data-help]").forEach((button) => {
    if (!map) return;
    button.hidden = false;
    button.addEventListener("click", () => showMap(true));
  });
  all("[data-keys-close]").forEach((button) => button.addEventListener("click", () => showMap(false)));
  all("[data-keys-switch]").forEach((button) => {
    const show = () => { button.textContent = off() ? button.dataset.on : button.dataset.off; };
    show();
    button.addEventListener("click", () => {
      try { localStorage.setItem(OFF, off() ? "0" : "1"); } catch { /* private windows keep nothing */ }
      show();
    });
  });
  all("[data-back]").forEach((button) => {
    button.hidden = history.length < 2;
    button.addEventListener("click", () => history.back());
  });
  all("[data-blur]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => document.body.classList.toggle("blur"));
  });

  // The answer's preview follows its fields.
  all("[data-prompt]").forEach((field) => field.addEventListener("input", () => {
    all(`[data-shows="${field.dataset.prompt}"]`).forEach((shown) => {
      shown.textContent = field.value.trim() || `[${shown.dataset.empty}]`;
      shown.classList.toggle("full", field.value.trim() !== "");
    });
  }));

  // Only one open facet or menu; Escape and a click outside close it.
  const drops = "details.facet, details.me, details.menu";
  document.addEventListener("click", (event) => all(drops).forEach((d) => { if (!d.contains(event.target)) d.open = false; }));
  document.addEventListener("keyup", (event) => { if (event.code === "Escape") all(drops).forEach((d) => { d.open = false; }); });
})();
