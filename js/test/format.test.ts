import { expect, test } from "vitest";
import { ago, bytes, count, duration } from "../src/kit/format";

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [16_384, "16 kB"],
  [330_000_000, "330 MB"],
  [12_700_000_000, "12.70 GB"],
  [2_147_483_648, "2.15 GB"],
  [1_500_000_000_000, "1.50 TB"],
  [null, ""],
])("%s bytes are %s", (size, text) => expect(bytes(size)).toBe(text));

test.each([
  [0, "1 s"],
  [34, "35 s"],
  [57, "55 s"],
  [58, "1 min"],
  [240, "4 min"],
  [7800, "2 h 10 min"],
  [72_000, "20 h"],
])("%s seconds are %s", (seconds, text) => expect(duration(seconds)).toBe(text));

test("small times have just gone by", () => {
  expect(ago(1)).toBe("just now");
  expect(ago(62)).toBe("1 min ago");
});

test("one is singular", () => {
  expect(count(1, "model")).toBe("1 model");
  expect(count(1200, "model")).toBe("1,200 models");
});
