// Arrow keys and swipes turn to the previous and next photo; coming from an album, they stay within it.
const walk = [...document.querySelectorAll("[data-in]")].find((part) => location.hash === `#in-${part.dataset.in}`);
const turn = document.querySelector(".turn");
const stage = document.querySelector(".stage");
const forward = document.documentElement.dir === "rtl" ? -1 : 1;

const arrow = (sign) => {
  const element = document.createElement("span");
  element.className = "arrow";
  element.ariaHidden = "true";
  element.textContent = sign;
  return element;
};

if (walk && turn) {
  for (const way of ["prev", "next"]) {
    const there = walk.querySelector(`a[rel=${way}]`);
    let here = turn.querySelector(`a[rel=${way}]`);
    if (here && !there) here.remove();
    if (!there) continue;
    if (!here) {
      here = document.createElement("a");
      here.rel = way;
      way === "prev" ? turn.prepend(here) : turn.append(here);
    }
    const said = there.querySelector(".unseen").cloneNode();
    const title = document.createElement("bdi");
    title.textContent = there.title;
    said.textContent = there.querySelector(".unseen").textContent.slice(0, -there.title.length);
    here.href = there.href;
    here.replaceChildren(...(way === "prev" ? [arrow("←"), said, title] : [said, title, arrow("→")]));
  }
}

const go = (step) => {
  const link = turn && turn.querySelector(`a[rel=${step < 0 ? "prev" : "next"}]`);
  if (link) link.click();
  return Boolean(link);
};

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
  const step = { ArrowLeft: -forward, ArrowRight: forward }[event.key];
  if (step && go(step)) event.preventDefault();
});

// A swipe is a quick stroke of one finger, across rather than down, on a picture that is not enlarged.
let begun = null;
stage?.addEventListener("touchstart", (event) => {
  const touch = event.touches.length === 1 && (visualViewport?.scale ?? 1) < 1.05 ? event.touches[0] : null;
  begun = touch && { x: touch.clientX, y: touch.clientY, at: event.timeStamp };
}, { passive: true });
stage?.addEventListener("touchend", (event) => {
  if (!begun || event.touches.length) return;
  const across = event.changedTouches[0].clientX - begun.x;
  const down = event.changedTouches[0].clientY - begun.y;
  const quick = event.timeStamp - begun.at < 800;
  begun = null;
  if (quick && Math.abs(across) > 48 && Math.abs(across) > 2 * Math.abs(down)) go(across < 0 ? forward : -forward);
}, { passive: true });
stage?.addEventListener("touchcancel", () => { begun = null; }, { passive: true });
