// Run inside a mail: what in it cannot be read. Answers {height, faults: [sentence, ...]}.
(() => {
  const SMALLEST = 14;
  const CLOSEST = 4.5;
  const faults = [];

  const colour = (text) => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
    return { red, green, blue, alpha };
  };
  const over = (top, below) => {
    const mixed = (name) => top[name] * top.alpha + below[name] * (1 - top.alpha);
    return { red: mixed("red"), green: mixed("green"), blue: mixed("blue"), alpha: 1 };
  };
  const luminance = ({ red, green, blue }) => {
    const linear = (part) => (part <= 10.31475 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  const contrast = (one, other) => {
    const [lighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (lighter + 0.05) / (darker + 0.05);
  };
  const chain = (element) => (element ? [element, ...chain(element.parentElement)] : []);
  // What a mail program paints where nothing is said: white, or nearly black where the page says that it knows dark.
  const canvas = () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const knows = getComputedStyle(document.documentElement).colorScheme.includes("dark");
    return dark && knows ? { red: 18, green: 18, blue: 18, alpha: 1 } : { red: 255, green: 255, blue: 255, alpha: 1 };
  };
  const background = (element) =>
    chain(element)
      .map((each) => colour(getComputedStyle(each).backgroundColor))
      .reverse()
      .reduce((below, top) => over(top, below), canvas());
  // Not the size of letters: compilers set it to nothing around elements that set it again.
  const hidden = (element) =>
    chain(element).some((each) => {
      const style = getComputedStyle(each);
      return style.display === "none" || style.visibility === "hidden" || Number(style.opacity) === 0;
    });
  const quoted = (text) => "\u201c" + text.trim().replace(/\s+/g, " ").slice(0, 40) + "\u201d";

  let judged = 0;
  const judge = (element, words) => {
    judged += 1;
    const style = getComputedStyle(element);
    const size = Number.parseFloat(style.fontSize);
    if (size < SMALLEST) faults.push(`${quoted(words)} is written at ${size} px; ${SMALLEST} is the least`);
    const below = background(element);
    const ratio = contrast(over(colour(style.color), below), below);
    if (ratio < CLOSEST) faults.push(`${quoted(words)} has a contrast of ${ratio.toFixed(2)}; ${CLOSEST} is the least`);
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { textContent, parentElement } = walker.currentNode;
    if (textContent.replace(/[\s\u034f\u200c\u00a0\u00ad]/g, "") && !["STYLE", "SCRIPT", "TITLE"].includes(parentElement.tagName)) {
      if (!hidden(parentElement)) judge(parentElement, textContent);
    }
  }
  // The words that stand for a picture are text too wherever it is not loaded.
  for (const image of document.images) if (image.alt && !hidden(image)) judge(image, image.alt);

  if (judged === 0) faults.push("there is nothing to read in it");

  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.body.querySelectorAll("*")]
      .filter((each) => !hidden(each) && each.getBoundingClientRect().right > root.clientWidth + 0.5)
      .at(-1);
    const which = wide ? ` (${wide.tagName.toLowerCase()} ${quoted(wide.textContent || wide.alt || "")})` : "";
    faults.push(`it is ${root.scrollWidth} px wide on a screen of ${root.clientWidth}${which}`);
  }
  return { height: Math.ceil(root.getBoundingClientRect().height), faults };
})();
