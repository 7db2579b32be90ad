// Bundles the extension to out/extension.js with the licences of what is bundled beside it in
// out/NOTICES.txt, and with --tests each test/*.test.ts to out/test/*.test.cjs. --watch rebuilds on
// every change.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as esbuild from 'esbuild';

const flags = new Set(process.argv.slice(2));

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20', // what VS Code 1.91 carries
  sourcemap: flags.has('--tests') ? 'inline' : true,
  sourcesContent: false,
  logLevel: 'warning',
};

const extension = {
  ...common,
  entryPoints: ['src/extension.ts'],
  outfile: 'out/extension.js',
  external: ['vscode'], // provided by the editor
  minify: true,
  keepNames: true, // readable names in error traces
};

const tests = {
  ...common,
  entryPoints: readdirSync('test')
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/${name}`),
  outdir: 'out/test',
  outExtension: { '.js': '.cjs' },
  packages: 'external',
};

/** The licence of every package that a build took code from. */
function notices(metafile) {
  const folders = new Set(Object.keys(metafile.inputs).flatMap((input) => input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/) ?? []));
  return [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    if (file === undefined) throw new Error(`${folder} is bundled but has no licence file`);
    return `${name} ${version} (${license})\n\n${readFileSync(`${folder}/${file}`, 'utf8').trim()}\n`;
  });
}

const options = flags.has('--tests') ? tests : extension;
if (flags.has('--watch')) {
  await (await esbuild.context({ ...options, logLevel: 'info' })).watch();
} else {
  const { metafile } = await esbuild.build({ ...options, metafile: true });
  if (options === extension) {
    writeFileSync('out/NOTICES.txt', notices(metafile).join(`\n${'-'.repeat(80)}\n\n`));
  }
}
