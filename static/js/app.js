// What HTML and htmx cannot do alone: clocks, toasts, forms that are sent once, sharing. Every page works without it.
// Clocks go by the server's: the difference to ours is taken at first sight.
const clocks = new WeakMap();
const URGENT = 120;
const GRACE = 1; // asked too early, the server would answer with the same clock again

function tick() {
  for (const element of document.querySelectorAll("[data-expires-at]")) {
    // News that is morphed in may give the same element another deadline.
    if (clocks.get(element)?.expiresAt !== element.dataset.expiresAt) clocks.set(element, startClock(element.dataset));
    showTime(element, clocks.get(element));
  }
}

function startClock({ expiresAt, serverNow, spoken = "[]" }) {
  const left = Date.parse(expiresAt) - Date.parse(serverNow);
  const sentences = JSON.parse(spoken); // [seconds left, text], the fewest first
  return { expiresAt, endsAt: Date.now() + left, isRunning: left > 0, sentences, spoken: left / 1000 };
}

function showTime(element, clock) {
  const exact = (clock.endsAt - Date.now()) / 1000;
  const left = Math.max(0, Math.ceil(exact));
  const seconds = String(left % 60).padStart(2, "0");
  element.querySelector("[data-time]").textContent = `${Math.floor(left / 60)}:${seconds}`;

  const ring = element.querySelector("[data-ring]");
  if (ring) {
    ring.setAttribute("stroke-dashoffset", 1 - Math.min(1, left / element.dataset.totalSeconds));
    element.toggleAttribute("data-urgent", left <= URGENT);
    announce(element, clock, left);
  }
  if (clock.isRunning && exact <= -GRACE) {
    clock.isRunning = false;
    refresh(element, ring);
  }
}

function announce(element, clock, left) {
  const due = clock.sentences.find(([seconds]) => left <= seconds && seconds < clock.spoken);
  if (!due) return;
  [clock.spoken, element.querySelector("[data-announce]").textContent] = due;
}

// Without a fragment to fetch, only a ring is worth a new page; the small clock of an offer is not.
function refresh(element, ring) {
  if (element.closest("[hx-get]")) element.dispatchEvent(new Event("expired", { bubbles: true }));
  else if (ring) location.reload();
}

tick();
setInterval(tick, 1000);
document.addEventListener("htmx:after:swap", tick);
document.addEventListener("visibilitychange", tick);

// What comes may lack what has the focus, such as a button. Then what stood around it takes the focus.
let around = [];
document.addEventListener("htmx:before:swap", () => {
  around = [];
  for (let element = document.activeElement; element; element = element.parentElement) {
    if (element.id) around.push(element.id);
  }
});
document.addEventListener("htmx:after:swap", () => {
  if (document.activeElement !== document.body) return;
  const left = around.map((id) => document.getElementById(id)).find(Boolean);
  left?.setAttribute("tabindex", "-1");
  left?.focus({ preventScroll: true });
});

// Toasts go away, so they never hold the only message nor an action.
// The server sends one with the header HX-Trigger: {"toast": "Saved"}.
const toasts = document.getElementById("toasts");

function toast(text) {
  const element = document.createElement("p");
  element.className = "toast";
  element.textContent = text;
  toasts.append(element);
  setTimeout(() => element.remove(), 8000);
}

document.addEventListener("toast", (event) => toast(event.detail.value));
document.addEventListener("htmx:error", () => toast(toasts.dataset.noAnswer));
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (ctx.response.status < 500) return; // those bring their message and are swapped in
  const id = ctx.response.headers.get("X-Request-ID");
  toast(id ? toasts.dataset.reference.replace("{id}", id) : toasts.dataset.broken);
});

// Plain forms are sent once. Those of htmx are prevented by now, and use hx-disable.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  setTimeout(() => setSent(event.target, true)); // a disabled button would not be sent
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) setSent(form, false);
});

function setSent(form, isSent) {
  form.toggleAttribute("data-sent", isSent);
  for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = isSent;
}

// Where the system has a way to share, it is offered instead of the address.
document.addEventListener("click", (event) => {
  const url = event.target.dataset.share;
  if (!url || !navigator.share) return;
  event.preventDefault();
  navigator.share({ url }).catch(() => {});
});
