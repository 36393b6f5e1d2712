// What somebody typed as a source: what it is taken for, and what will happen. Says only what is sure; the
// server has the last word.

export type Kind = "path" | "url" | "repository" | "external";

export interface Source {
  kind: Kind;
  /** As it is sent: without spaces and quotes around it. */
  text: string;
  /** org/name, if it is a whole repository that can be looked up. */
  repo: string | null;
  /** Something to know of this way of writing it. */
  hint: string | null;
}

export const NAMES: Record<Kind, string> = {
  path: "Path on the server",
  url: "URL",
  repository: "Hugging Face repository",
  external: "External model",
};

const HUB_PAGE = /^https?:\/\/(?:www\.)?huggingface\.co\/([\w.-]+\/[\w.-]+)\/?$/i;
const REPOSITORY = /^([\w.-]+\/[\w.-]+)((?::[\w.-]*)(?::.+)?)?$/;
const FULL_PATH = /^(\/|[A-Za-z]:[\\/]|\\\\)/;
const MODEL_FILE = /\.(safetensors|ckpt|pth?|bin|gguf|onnx)$/i;

/** What was typed; null for nothing. */
export function readSource(typed: string): Source | null {
  const text = typed.trim().replace(/^(["'])(.*)\1$/, "$2");
  if (!text) return null;
  const page = HUB_PAGE.exec(text);
  if (page) return { kind: "repository", text, repo: page[1]!, hint: null };
  if (/^https?:\/\//i.test(text)) return { kind: "url", text, repo: null, hint: secretIn(text) };
  if (text.startsWith("external://")) return { kind: "external", text, repo: null, hint: null };
  const repository = MODEL_FILE.test(text) ? null : REPOSITORY.exec(text);
  if (repository && !/^\.\.?\//.test(text)) {
    return { kind: "repository", text, repo: repository[2] ? null : repository[1]!, hint: null };
  }
  return { kind: "path", text, repo: null, hint: pathHint(text) };
}

/** What pressing Install will do. */
export function consequence(source: Source, inPlace: boolean, moves: boolean): string {
  if (source.kind === "external") return "InvokeAI keeps a record of it; nothing is downloaded.";
  if (source.kind === "url") return "The server downloads it into its models folder.";
  if (source.kind === "repository")
    return "The server downloads it from Hugging Face into its models folder.";
  if (inPlace) return "The file stays where it is, and InvokeAI uses it from there.";
  if (!moves) return "InvokeAI copies the file into its models folder.";
  return "InvokeAI MOVES the file out of its place into its models folder.";
}

function pathHint(text: string): string | null {
  if (text.startsWith("~")) return "The server does not know what ~ is: write the whole path.";
  if (!FULL_PATH.test(text)) return "Not a whole path: taken as relative to the folder of the server itself.";
  return null;
}

function secretIn(url: string): string | null {
  const isTelling = /^https?:\/\/[^/]*@|[?&][^=&]*(token|key|secret|password|signature)[^=&]*=/i.test(url);
  return isTelling
    ? "The server keeps this address, password and all, where its users can read it. Better use an access token."
    : null;
}
