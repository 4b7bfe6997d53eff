// Each mail is shown whole; the page comes anew after each save, at the place where it was.
const fit = (frame) => {
  frame.style.height = `${frame.contentDocument.documentElement.scrollHeight + 2}px`;
};
for (const frame of document.querySelectorAll("iframe")) {
  frame.addEventListener("load", () => fit(frame));
  if (frame.contentDocument?.readyState === "complete") fit(frame);
}
const status = document.querySelector(".saved");
const follow = async () => {
  try {
    const answer = await fetch("/version", { cache: "no-store" });
    if ((await answer.text()) !== document.body.dataset.version) {
      sessionStorage.setItem("place", String(scrollY));
      location.reload();
      return;
    }
    status.textContent = "Follows every save";
  } catch {
    status.textContent = "The preview has ended. Start it again to go on.";
  }
  setTimeout(follow, document.hidden ? 3000 : 500);
};
scrollTo(0, Number(sessionStorage.getItem("place") || 0));
sessionStorage.removeItem("place");
setTimeout(follow, 500);
