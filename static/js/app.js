// What HTML and htmx cannot do alone: clocks, toasts, dialogs, and forms that are sent once.
// Everything here is an improvement; every page works without it.
(() => {
  "use strict";

  // Clocks. An element with data-expires-at and data-server-now counts down by the server's clock: the difference
  // to ours is taken when the element is first seen, so a wrong clock in the visitor's computer does no harm.
  const clocks = new WeakMap();
  const SPOKEN = [600, 300, 120, 60, 30]; // Seconds left that are worth interrupting a screen reader for.
  const URGENT = 120;
  const GRACE = 1; // Asked too early, the server would answer with the same clock again.

  function tick() {
    for (const element of document.querySelectorAll("[data-expires-at]")) {
      if (!clocks.has(element)) clocks.set(element, startClock(element));
      showTime(element, clocks.get(element));
    }
  }

  function startClock(element) {
    const { expiresAt, serverNow } = element.dataset;
    const endsAt = Date.parse(expiresAt) - Date.parse(serverNow) + Date.now();
    return { endsAt, wasRunning: endsAt > Date.now(), spoken: Infinity };
  }

  function showTime(element, clock) {
    const exact = (clock.endsAt - Date.now()) / 1000;
    const left = Math.max(0, Math.ceil(exact));
    element.querySelector("[data-time]").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;

    const ring = element.querySelector("[data-ring]");
    if (ring) {
      ring.setAttribute("stroke-dashoffset", 1 - Math.min(1, left / element.dataset.totalSeconds));
      element.toggleAttribute("data-urgent", left <= URGENT);
      announce(element, clock, left);
    }
    if (exact <= -GRACE && clock.wasRunning) {
      clock.wasRunning = false;
      refresh(element, Boolean(ring));
    }
  }

  function announce(element, clock, left) {
    const mark = SPOKEN.findLast((seconds) => left <= seconds);
    if (mark === undefined || mark >= clock.spoken) return;
    // A page that was just opened says the time in its text already.
    const isNews = clock.spoken !== Infinity || left === mark;
    clock.spoken = mark;
    if (!isNews) return;
    const time = mark >= 60 ? `${mark / 60} ${mark === 60 ? "minute" : "minutes"}` : `${mark} seconds`;
    element.querySelector("[data-announce]").textContent = `${time} ${element.dataset.label}`;
  }

  // A fragment that polls or listens for "expired" fetches itself. Without one, only a ring is worth a new page:
  // a small clock in a list of offers is not.
  function refresh(element, isRing) {
    if (element.closest("[hx-get]")) element.dispatchEvent(new CustomEvent("expired", { bubbles: true }));
    else if (isRing) location.reload();
  }

  // Toasts. Never the only message and never an action: they go away by themselves.
  // The server may send one with the header HX-Trigger: {"toast": "Saved"}.
  const TOAST_MS = 8000;

  function toast(text) {
    const element = document.createElement("p");
    element.className = "toast";
    element.textContent = text;
    document.getElementById("toasts").append(element);
    setTimeout(() => element.remove(), TOAST_MS);
  }

  document.addEventListener("toast", (event) => toast(event.detail.value));
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    if (ctx.response.status < 500) return; // Those answers carry their message and are swapped in.
    const id = ctx.response.headers.get("X-Request-ID");
    toast(`Something broke on our side. Nothing on this page changed.${id ? ` Reference: ${id}` : ""}`);
  });
  document.addEventListener("htmx:error", () => toast("We could not reach the server. Check your connection and try again."));

  // Forms that leave the page are sent once. htmx has prevented the others and disables their buttons by hx-disable.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    // Later, because a disabled button would not be sent with its form.
    setTimeout(() => setSent(event.target, true));
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => setSent(form, false)));

  function setSent(form, isSent) {
    form.toggleAttribute("data-sent", isSent);
    for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = isSent;
  }

  // Dialogs. <a href="/confirm" data-dialog="id"> opens one here and is a link to a page elsewhere.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.dialog).showModal();
    } else if (event.target.closest("[data-close]")) {
      event.target.closest("dialog").close();
    }
  });

  tick();
  setInterval(tick, 1000);
  document.addEventListener("htmx:after:swap", tick);
  document.addEventListener("visibilitychange", tick);
})();
