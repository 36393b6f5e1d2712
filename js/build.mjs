// One minified ES module, and one stylesheet, for each widget: src/<name>.ts and src/<name>.css become
// ../invokeai_widgets/static/<name>.js and .css. The same sources give the same bytes on every machine.
import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const entries = readdirSync(join(here, "src"))
  .filter((name) => /^[a-z_]+\.(ts|css)$/.test(name))
  .sort()
  .map((name) => `src/${name}`);

// Names of our own classes that no element, no message and no model has: they may be short in what is shipped.
const OURS =
  /^(activePlace|announce|bytesOf|complain|details|element|hasFocus|hasHoles|intents|isEditing|isOpen|makeActive|moveTo|notices|painting|pickCover|relayout|settled|showColumns|showNow|toRows|traits|wantedThumbs)$/;

const options = {
  absWorkingDir: here,
  entryPoints: entries,
  outdir: "../invokeai_widgets/static",
  bundle: true,
  minify: true,
  mangleProps: OURS,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
};

if (process.argv.includes("--watch")) {
  await (await esbuild.context(options)).watch();
} else {
  const { metafile } = await esbuild.build(options);
  for (const file of Object.keys(metafile.outputs)) {
    console.log(`${file}  ${(statSync(join(here, file)).size / 1000).toFixed(1)} kB`);
  }
}
