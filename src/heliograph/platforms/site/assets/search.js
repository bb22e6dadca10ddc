// Search: loads the pieces of the index that the words typed so far need, and shows the photos that have all of them.
const form = document.querySelector(".search");
const field = form.querySelector("input");
const status = document.querySelector(".found");
const list = document.querySelector(".results");
const more = document.querySelector(".further");
const { one, other, none, failed } = form.dataset;
const BATCH = 24;
let about = null; // version, number of pieces of words, photos of a piece

// --- the pieces -----------------------------------------------------------------------------------------------------

const loading = new Map();
const arrived = new Map();

globalThis.found = (kind, number, piece) => arrived.set(`${kind}-${number}`, piece);

const load = (name) => {
  if (!loading.has(name)) {
    loading.set(name, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = about ? `${name}.js?${about.version}` : `${name}.js`;
      script.onload = () => { script.remove(); resolve(arrived.get(name)); };
      script.onerror = () => { script.remove(); loading.delete(name); reject(new Error(name)); };
      document.head.append(script);
    }));
  }
  return loading.get(name);
};

// --- words, as the index has them -----------------------------------------------------------------------------------

const SAME = { "ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "đ": "d", "ł": "l", "þ": "th", "ð": "d", "ı": "i", "ς": "σ" };
const ALONE = /[\p{So}\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/gu;

const wordsOf = (text) => {
  const plain = text.toLowerCase().replace(/[ßæøœđłþðıς]/g, (letter) => SAME[letter]).normalize("NFKD");
  const apart = plain.replace(/\p{M}/gu, "").replace(ALONE, " $& ").replace(/[^\p{L}\p{N}\p{So}]+/gu, " ");
  return [...new Set(apart.split(" ").filter(Boolean).map((word) => [...word].slice(0, 24).join("")))];
};

const pieceOf = (word, pieces) => {
  const [first, second] = [...word];
  return (first.codePointAt(0) * 31 + (second ? second.codePointAt(0) : 0)) % pieces;
};

const numbersOf = (steps) => {
  let number = 0;
  return steps.split(" ").map((step) => (number += Number(step)));
};

// A word of one letter is looked for whole; a longer one may be the beginning of a word.
const photosWith = async (word) => {
  const piece = await load(`words-${pieceOf(word, about.words)}`);
  const short = [...word].length < 2;
  const alike = short ? [word].filter((key) => Object.hasOwn(piece, key)) : Object.keys(piece).filter((key) => key.startsWith(word));
  return new Set(alike.flatMap((key) => numbersOf(piece[key])));
};

// --- what is shown --------------------------------------------------------------------------------------------------

const tile = ([id, title, picture, width, height, ratio, alt]) => {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const said = document.createElement("span");
  link.className = "tile";
  link.href = `../photos/${id}.html`;
  said.textContent = title;
  said.dir = "auto";
  said.className = picture ? "over" : "none";
  if (picture) {
    const image = new Image(width, height);
    image.loading = "lazy";
    image.decoding = "async";
    image.alt = alt ?? title;
    image.src = `../${picture}`;
    link.append(image);
  }
  item.className = ratio ?? "r150";
  link.append(said);
  item.append(link);
  return item;
};

let results = [];
let asked = 0;

const show = async (mine) => {
  const begin = list.childElementCount;
  more.hidden = true;
  const numbers = results.slice(begin, begin + BATCH);
  const pieces = await Promise.all(numbers.map((number) => load(`photos-${Math.floor(number / about.size)}`)));
  if (mine !== asked) return;
  list.append(...numbers.map((number, at) => tile(pieces[at][number % about.size])));
  more.hidden = list.childElementCount >= results.length;
};

const search = () => {
  const mine = ++asked;
  return find(mine).catch(() => { if (mine === asked) status.textContent = failed; });
};

const find = async (mine) => {
  const words = wordsOf(field.value);
  history.replaceState(null, "", words.length ? `#q=${encodeURIComponent(field.value.trim())}` : "#");
  about ??= await load("index-0");
  const sets = await Promise.all(words.map(photosWith));
  if (mine !== asked) return;
  const [first = new Set(), ...others] = sets.sort((a, b) => a.size - b.size);
  results = [...first].filter((number) => others.every((set) => set.has(number))).sort((a, b) => b - a);
  list.replaceChildren();
  more.hidden = true;
  const count = results.length;
  const said = count ? (count === 1 ? one : other.replace("{n}", String(count))) : none;
  status.textContent = words.length ? said : "";
  await show(mine);
};

let waiting = 0;
const soon = () => { clearTimeout(waiting); waiting = setTimeout(search, 150); };
const now = () => { clearTimeout(waiting); return search(); };

field.addEventListener("input", soon);
form.addEventListener("submit", (event) => { event.preventDefault(); now(); });
form.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const first = list.querySelector("a");
  if (event.key === "ArrowDown" && first) { event.preventDefault(); first.focus(); }
  if (event.key === "Escape" && field.value) { event.preventDefault(); field.value = ""; now(); }
});
more.addEventListener("click", async () => {
  const begin = list.childElementCount;
  await show(asked).catch(() => { status.textContent = failed; });
  list.children[begin]?.querySelector("a").focus();
});

const typed = () => {
  try { return decodeURIComponent(/^#q=(.*)$/s.exec(location.hash)?.[1] ?? ""); } catch { return ""; }
};
addEventListener("hashchange", () => { if (location.hash.startsWith("#q=") && typed() !== field.value.trim()) { field.value = typed(); now(); } });

form.hidden = false;
field.value = typed();
if (field.value) now();
