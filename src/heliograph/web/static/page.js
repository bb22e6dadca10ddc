"use strict";
// Everything works without this: it only saves loading the page, and shows what goes on while it does.

const policy = window.trustedTypes
  ? trustedTypes.createPolicy("helio", { createHTML: (text) => text })
  : { createHTML: (text) => text };
const page = () => document.getElementById("page");
const live = document.getElementById("live");
const lost = document.getElementById("lost");
const POLL_MS = 3000;
const SPOKEN_MS = 10000;

let spoken = 0;
let reading = false;
let ended = false;
let wanted = 0;
let failures = 0;

function speak(sentence, now) {
  if (!live || live.textContent === sentence || (!now && Date.now() - spoken < SPOKEN_MS)) return;
  spoken = Date.now();
  live.textContent = sentence;
}

function trouble(sentence) {
  if (!lost) return;
  lost.textContent = sentence;
  lost.hidden = !sentence;
}

// The new page in place of the old one: what was opened stays open, what had the focus keeps it.
function swap(text, focus) {
  const fresh = new DOMParser().parseFromString(policy.createHTML(text), "text/html");
  const main = fresh.getElementById("page");
  if (!main) return false;
  const open = new Map([...document.querySelectorAll("details[id]")].map((one) => [one.id, one.open]));
  for (const one of main.querySelectorAll("details[id]")) if (open.has(one.id)) one.open = open.get(one.id);
  const held = focus || (document.activeElement && document.activeElement.id);
  const top = window.scrollY;
  page().replaceWith(main);
  document.title = fresh.title;
  if (focus) document.getElementById(focus)?.focus();
  else {
    window.scrollTo(0, top);
    if (held) document.getElementById(held)?.focus({ preventScroll: true });
  }
  if (main.hasAttribute("data-closed")) {
    ended = true;
    document.querySelector("footer")?.remove();
    if (window.parent !== window) window.parent.postMessage("heliograph has ended", "*");
  }
  return true;
}

async function read() {
  if (reading || ended) return;
  reading = true;
  try {
    const answer = await fetch("/");
    if (answer.status === 401) return location.reload();
    const before = document.getElementById("work")?.textContent;
    swap(await answer.text());
    const after = document.getElementById("work")?.textContent;
    if (after && after !== before) speak(after, true);
    failures = 0;
  } catch {
    failures += 1;
    trouble("heliograph does not answer.");
  } finally {
    reading = false;
  }
  if (!ended && !failures && Number(page().dataset.page) < wanted) await read();
}

function lane(one) {
  const label = document.createElement("label");
  label.className = "lane";
  const name = document.createElement("span");
  const bar = document.createElement("progress");
  const count = document.createElement("span");
  name.textContent = one.name;
  count.className = "count";
  label.append(name, " ", bar, " ", count);
  return label;
}

function show(state) {
  trouble("");
  if (state.closed) return over();
  wanted = Math.max(wanted, state.page);
  if (Number(page().dataset.page) < wanted) return void read();
  if (!state.task) return;
  const stage = document.getElementById("stage");
  if (stage && !state.stopping && state.stage) {
    if (stage.textContent !== state.stage) speak(state.stage, false);
    stage.textContent = state.stage;
  }
  const lanes = document.getElementById("lanes");
  if (lanes && lanes.children.length !== state.lanes.length) lanes.replaceChildren(...state.lanes.map(lane));
  state.lanes.forEach((one, number) => {
    const row = lanes?.children[number];
    if (!row) return;
    const bar = row.querySelector("progress");
    bar.max = one.total;
    bar.value = one.done;
    row.querySelector(".count").textContent = `${one.done} of ${one.total}`;
    speak(`${one.name}: ${one.done} of ${one.total}`, false);
  });
  const said = document.getElementById("said");
  if (said && state.said.length) {
    said.replaceChildren(
      ...state.said.map((sentence) => {
        const line = document.createElement("li");
        line.textContent = sentence;
        return line;
      }),
    );
  }
}

function over() {
  ended = true;
  trouble("heliograph has ended. Start it again with `helio serve`, or open the app in IMatch again.");
  if (window.parent !== window) window.parent.postMessage("heliograph has ended", "*");
}

async function poll() {
  if (ended) return;
  try {
    show(await (await fetch("/state")).json());
    failures = 0;
  } catch {
    failures += 1;
    if (failures > 2) return over();
    trouble("heliograph does not answer.");
  }
  setTimeout(poll, POLL_MS);
}

function listen() {
  const events = new EventSource("/events");
  events.onmessage = (event) => {
    failures = 0;
    const state = JSON.parse(event.data);
    if (state.closed) events.close();
    show(state);
  };
  events.onerror = () => {
    if (ended) return;
    failures += 1;
    if (events.readyState !== EventSource.CLOSED && failures < 3) return;
    events.close(); // too many tabs, or nobody is there: asking tells which
    failures = 0;
    poll();
  };
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.id === "enter") return;
  event.preventDefault();
  const given = new URLSearchParams(new FormData(form, event.submitter));
  const action = new URL(form.action).pathname;
  if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
  try {
    const answer = await fetch(action, { method: "POST", body: given });
    if (answer.status === 401) return location.reload();
    if (answer.status === 500) return trouble(await answer.text());
    if (!live) return location.reload();
    const answered = action === "/answer";
    if (!swap(await answer.text(), answered ? undefined : "work")) location.reload();
    if (answered) speak("Your answer is kept. It counts from the next look on.", true);
  } catch {
    trouble("heliograph does not answer, so that was not done.");
  } finally {
    if (event.submitter) event.submitter.removeAttribute("aria-disabled");
  }
});

if (live) listen();
