// Builds dist/ask.js, its compressed forms and the types beside it; --check compares instead.
// Equal sources give equal bytes. Compressed forms are compared by what they hold, for another
// release of Node may compress otherwise.

import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

// The first with light-dark() and AbortSignal.any().
const TARGET = ["es2022", "chrome123", "firefox124", "safari17.5"];

// Fields that neither the service, nor a page, nor the DOM knows by name.
const OWN = /^(choose|debounce|emit|judge|leave|service|settings)$/;

const styles = {
  name: "styles",
  setup(building) {
    building.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

const { outputFiles } = await build({
  entryPoints: ["src/index.ts"],
  bundle: true,
  minify: true,
  format: "iife",
  charset: "utf8",
  target: TARGET,
  legalComments: "none",
  mangleProps: OWN,
  plugins: [styles],
  write: false,
});
const script = Buffer.from(outputFiles[0].contents);
const brotli = brotliCompressSync(script, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: script.length,
  },
});
const same = (content) => content;
const files = {
  "ask.js": [script, same],
  "ask.js.br": [brotli, brotliDecompressSync],
  "ask.js.gz": [gzipSync(script, { level: 9 }), gunzipSync],
  "ask.d.ts": [readFileSync("src/ask.d.ts"), same],
};

mkdirSync("dist", { recursive: true });
for (const [name, [content, unpacked]] of Object.entries(files)) {
  if (!process.argv.includes("--check")) {
    writeFileSync(`dist/${name}`, content);
  } else if (!unpacked(readFileSync(`dist/${name}`)).equals(unpacked(content))) {
    console.error(`dist/${name} is not what src/ gives; run \`make widget\` and commit it`);
    process.exitCode = 1;
  }
}
console.log(`ask.js: ${script.length} bytes, ${brotli.length} with brotli`);
