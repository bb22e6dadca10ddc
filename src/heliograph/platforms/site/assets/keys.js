// Arrow keys turn to the previous and next photo; coming from an album, they stay within it.
const walk = [...document.querySelectorAll("[data-in]")].find((part) => location.hash === `#in-${part.dataset.in}`);
const turn = document.querySelector(".turn");

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
    const title = document.createElement("bdi");
    title.textContent = there.title;
    here.href = there.href;
    here.replaceChildren(...(way === "prev" ? ["←", title] : [title, "→"]));
  }
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
  const way = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const link = way && turn && turn.querySelector(`a[rel=${way}]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});
