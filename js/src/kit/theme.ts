// Light or dark, as the host says it. A page's own color-scheme is "normal" in JupyterLab even when it is dark.
import { atEnd } from "./life";

type Theme = "light" | "dark";

/** What the host page looks like now. */
function hostTheme(doc: Document = document): Theme {
  const { body, documentElement: html } = doc;
  const said = body.dataset.jpThemeLight; // JupyterLab, Notebook 7
  if (said) return said === "true" ? "light" : "dark";
  if (html.getAttribute("theme")) return html.getAttribute("theme") === "dark" ? "dark" : "light"; // Colab
  const words = `${html.className} ${body.className} ${body.dataset.vscodeThemeKind ?? ""}`;
  if (/\b(dark|vscode-dark|vscode-high-contrast)\b/.test(words)) return "dark"; // VS Code, marimo
  if (/\b(light|vscode-light)\b/.test(words)) return "light";
  return matchMedia?.("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Keep `data-theme` and the native controls of `root` in step with the host. */
export function followTheme(root: HTMLElement, signal: AbortSignal): void {
  const apply = () => {
    const theme = hostTheme();
    root.dataset.theme = theme;
    root.style.colorScheme = theme;
  };
  apply();
  const observer = new MutationObserver(apply);
  const options = {
    attributes: true,
    attributeFilter: ["class", "theme", "data-jp-theme-light", "data-jp-theme-name"],
  };
  observer.observe(document.body, options);
  observer.observe(document.documentElement, options);
  atEnd(signal, () => observer.disconnect());
}
