"use strict";
// The word behind the # is exchanged for a session at once, and taken out of the address and the history.
const word = location.hash.slice(1);
if (word) {
  history.replaceState(null, "", "/");
  document.getElementById("word").textContent = "Opening …";
  fetch("/enter", { method: "POST", body: new URLSearchParams({ invitation: word }), redirect: "manual" })
    .then(async (answer) => {
      if (answer.type !== "opaqueredirect") throw new Error("turned away");
      const page = await fetch("/", { headers: { Accept: "text/html" } });
      if (page.ok) return location.reload();
      document.getElementById("word").textContent =
        "This browser keeps no cookie for this page here. Open the address in a window of its own.";
    })
    .catch(() => {
      document.getElementById("word").textContent =
        "That word was used already, or is too old. Each opens the page once, within ten minutes.";
    });
}
