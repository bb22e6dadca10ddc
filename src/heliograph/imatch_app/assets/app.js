"use strict";
// Starts `helio serve` in a process of its own and shows its page. No secret is kept here: the address that the program
// answers with opens the page once.

const start = JSON.parse(document.getElementById("start").textContent);
const told = document.getElementById("told");
const detail = document.getElementById("detail");
const again = document.getElementById("again");
const copy = document.getElementById("copy");
const front = document.getElementById("front");
const WAIT_S = 90;
const SCHEMA = "heliograph.serve/1";
const LOOPBACK = ["127.0.0.1", "localhost"];
const quoted = `"${start.executable}"`;
const command = `${quoted} ${start.parameters}`;

function say(sentence, more, buttons) {
  document.querySelector("iframe")?.remove();
  front.hidden = false;
  told.textContent = sentence;
  detail.textContent = more || "";
  again.hidden = !buttons?.includes("again");
  copy.hidden = !buttons?.includes("copy");
}

// What the program printed: the last line that is an address of ours.
function address(output) {
  for (const line of String(output || "").split(/\r?\n/).reverse()) {
    try {
      const form = JSON.parse(line);
      const url = new URL(form.address);
      if (form.schema === SCHEMA && url.protocol === "http:" && LOOPBACK.includes(url.hostname)) return url;
    } catch {
      continue;
    }
  }
  return null;
}

// Whether IMatch wants the quotes around a path itself is not written anywhere: one way is tried, then the other.
// Starting twice does no harm, for the second start finds the first.
async function started() {
  const ways = start.executable.includes(" ") ? [quoted, start.executable] : [start.executable];
  let last = {};
  for (const executable of ways) {
    try {
      last = await IMatch.processRun({ executable, parameters: start.parameters, showwindow: false, timeout: WAIT_S });
    } catch (failure) {
      last = failure || {};
    }
    if (address(last.output)) return last;
    if (last.exitCode) return last; // it ran, and said why not
  }
  return last;
}

function show(url) {
  // A cookie of the page counts in a frame only where both are called by the same name.
  if (LOOPBACK.includes(location.hostname)) url.hostname = location.hostname;
  const frame = document.createElement("iframe");
  frame.title = "heliograph";
  frame.src = url.href;
  frame.allow = "";
  document.querySelector("iframe")?.remove();
  front.hidden = true;
  document.body.append(frame);
}

async function open() {
  say("Starting heliograph …");
  if (typeof IMatch === "undefined" || typeof IMWS === "undefined") {
    const more = location.protocol === "file:" ? "This page was opened from its file; IMatch opens it by itself." : "";
    const how = "To see it in an ordinary browser, run this in a terminal and open the address that it tells:";
    return say("This is not inside IMatch, so heliograph cannot be started from here.", `${more} ${how}\n\n${command.replace(" --detach", "")}`.trim(), ["copy"]);
  }
  if (typeof IMatch.processRun !== "function") {
    return say("This IMatch starts no programs for apps. Start heliograph in a terminal, and open the address that it tells:", command.replace(" --detach", ""), ["copy"]);
  }
  const answer = await started();
  const url = address(answer.output);
  if (url) return show(url);
  const why = String(answer.errorOutput || answer.responseText || answer.output || "").trim();
  const fix = `Was it moved or removed? Then install it and run “helio imatch install-app” again. It was started by:\n\n${command}`;
  return say("heliograph did not start.", why ? `${why}\n\n${fix}` : fix, ["again", "copy"]);
}

window.addEventListener("message", (event) => {
  const frame = document.querySelector("iframe");
  if (!frame || event.source !== frame.contentWindow || event.data !== "heliograph has ended") return;
  say("heliograph has ended, because nobody used it for a while or because you ended it.", "", ["again"]);
});
again.addEventListener("click", open);
copy.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(command.replace(" --detach", ""));
    copy.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(detail);
  }
});
open();
