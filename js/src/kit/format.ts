// Numbers in words: the same rules as invokeai_widgets/widgets/words.py.

const UNITS: [number, string, number][] = [
  [1e12, "TB", 2],
  [1e9, "GB", 2],
  [1e6, "MB", 0],
  [1e3, "kB", 0],
  [1, "bytes", 0],
];

/** A number of bytes: "12.70 GB", "330 MB"; "" for none. */
export function bytes(count: number | null | undefined): string {
  if (count === null || count === undefined) return "";
  const [unit, name, digits] = UNITS.find(([unit]) => count >= unit) ?? UNITS[4]!;
  return `${(count / unit).toFixed(digits)} ${name}`;
}

/** A time to wait, as roughly as one says it: "35 s", "4 min", "2 h 10 min". */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "";
  const s = Math.max(1, Math.round(seconds));
  if (s < 58) return `${s < 10 ? s : Math.round(s / 5) * 5} s`;
  const minutes = Math.round(s / 60); // from 58 s on, the nearest five seconds are a minute
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  const hours = (minutes - rest) / 60;
  return rest && hours < 10 ? `${hours} h ${rest} min` : `${hours} h`;
}

/** A time gone by: "3 s ago", "4 min ago"; "just now" under 2 s. */
export function ago(seconds: number): string {
  return seconds < 2 ? "just now" : `${duration(seconds)} ago`;
}

export function number(count: number): string {
  return count.toLocaleString("en-US");
}

/** "1 model", "34 models", "1,200 models". */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${number(amount)} ${amount === 1 ? one : many}`;
}
