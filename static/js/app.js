// What HTML and htmx cannot do alone: clocks, focus, news, trouble, forms that are sent once, sharing. Every page works without it.
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

// Whether nobody has asked for it but the page itself.
const isNews = (ctx) => ctx?.sourceEvent.type === "every";

// A page that nobody sees asks for no news, and catches up when it is seen again.
const missed = new Set();
document.addEventListener(
  "every",
  (event) => {
    if (!document.hidden) return;
    event.stopPropagation();
    missed.add(event.target);
  },
  true,
);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const element of missed) element.dispatchEvent(new Event("every"));
  missed.clear();
});

// What is stamped while one looks on is read out, once for all of it.
const stamps = new WeakSet();
function meetStamps(ctx) {
  const all = [...document.querySelectorAll("#offers .stamp")];
  const fresh = all.filter((stamp) => !stamps.has(stamp) && stamps.add(stamp));
  if (!fresh.length || !isNews(ctx)) return;
  const said = fresh.map((stamp) => `${stamp.closest("article").ariaLabel}: ${stamp.textContent}`);
  document.querySelector("[data-news]").textContent = said.join(". ");
}
meetStamps();
document.addEventListener("htmx:after:swap", ({ detail }) => meetStamps(detail.ctx));

// What comes may lack what has the focus, and a button is disabled while it is answered.
// Then what is left of the elements around takes the focus.
for (const moment of ["htmx:config:request", "htmx:before:swap"]) {
  document.addEventListener(moment, ({ detail: { ctx } }) => {
    const ids = [];
    for (let element = document.activeElement; element; element = element.parentElement) {
      if (element.id) ids.push(element.id);
    }
    if (ids.length) ctx.around = ids;
  });
}
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  // Only after this event the button is enabled again.
  queueMicrotask(() => {
    if (document.activeElement !== document.body) return;
    const left = ctx.around?.map((id) => document.getElementById(id)).find(Boolean);
    if (left && !left.matches("a, button, input, select, textarea, summary")) left.tabIndex = -1;
    left?.focus({ preventScroll: true });
  });
});

// What does not work stays in sight until it does. A toast reads it out, which goes away and so never is
// the only message; news that does not come is mentioned once.
const texts = document.getElementById("toasts").dataset;
let somebodyWaits = false;

function trouble(text, ctx) {
  const line = document.getElementById("trouble");
  // Behind a modal question neither would be seen.
  if (!isNews(ctx)) document.querySelector("dialog:modal")?.close();
  if (line.hidden || !isNews(ctx)) toast(text);
  somebodyWaits ||= !isNews(ctx);
  line.lastElementChild.textContent = text;
  line.hidden = false;
}

function endTrouble(ctx) {
  if (somebodyWaits && isNews(ctx)) return;
  somebodyWaits = false;
  document.getElementById("trouble").hidden = true;
}

function toast(text) {
  const element = document.createElement("p");
  element.className = "toast";
  element.textContent = text;
  document.getElementById("toasts").append(element);
  setTimeout(() => element.remove(), 8000);
}

document.addEventListener("htmx:error", ({ detail: { ctx } }) => trouble(isNews(ctx) ? texts.noNews : texts.noAnswer, ctx));
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const { status, headers } = ctx.response;
  if (status < 500) return endTrouble(ctx);
  const id = headers.get("X-Request-ID");
  trouble(id ? texts.reference.replace("{id}", id) : texts.broken, ctx);
});

// Going back to this page from one of its own anchors, after a filter took the place of that address.
if (!history.state) history.replaceState({ htmx: true }, "");

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

// Browsers that know commands complain about what the older ones open a dialog with.
if ("commandForElement" in HTMLButtonElement.prototype) {
  const takeOff = ({ target }) => target.closest("[commandfor]")?.removeAttribute("popovertarget");
  document.addEventListener("click", takeOff, true);
}

// Where the system has a way to share, it is offered instead of the address.
document.addEventListener("click", (event) => {
  const url = event.target.closest("[data-share]")?.dataset.share;
  if (!url || !navigator.share) return;
  event.preventDefault();
  navigator.share({ url }).catch(() => {});
});
