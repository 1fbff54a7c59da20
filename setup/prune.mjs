import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SetupFailure } from './failure.mjs';
import { say } from './report.mjs';
import { runCommand } from './run-command.mjs';
import { inRoot, jobEnvironment, nodePackage, root } from './runtime.mjs';

/** What the server does not read: headers, objects of the compiler, builds for other systems, sources of the page. */
const NOT_NEEDED = [
  'client/audio',
  'client/compare',
  'client/input',
  'client/receive',
  'client/settings',
  'client/stats',
  'client/transport',
  'client/video',
  'client/view',
  'node_modules/.cache',
  'node_modules/.vite',
  'node_modules/gstreamer-superficial/build/Release/obj.target',
  'node_modules/rwebtransport/vendor',
  'node_modules/zod/src',
];

/** Folders of a package, beside its package.json, that nothing loads: tests and examples that were published with it. */
const NEVER_LOADED = new Set([
  '.github',
  'benchmark',
  'benchmarks',
  'doc',
  'docs',
  'example',
  'examples',
  'test',
  'tests',
  'website',
]);

/** Files that only compilers, debuggers and people read; licences stay. */
const FOR_DEVELOPERS = /\.(d\.[cm]?ts|map|md|markdown)$/;

/**
 * Makes an installation as small as the server needs it, for images: no packages that only building and testing use, no headers,
 * no builds for other systems. Writes the list of what is inside to sbom.spdx.json and puts `node` into bin/.
 * @returns {Promise<number>}
 */
export async function prune() {
  await npm('sbom --omit=dev --sbom-format=spdx > sbom.spdx.json');
  await npm('prune --omit=dev --ignore-scripts');
  for (const path of NOT_NEEDED) rmSync(inRoot(path), { recursive: true, force: true });
  for (const name of readdirSync(nodePackage())) {
    if (name !== 'bin' && name !== 'package.json' && name !== 'LICENSE') {
      rmSync(`${nodePackage()}/${name}`, { recursive: true, force: true });
    }
  }
  const { packages } = JSON.parse(readFileSync(inRoot('node_modules/.package-lock.json'), 'utf8'));
  for (const path of Object.keys(packages)) slim(inRoot(path));
  const prebuilds = inRoot('node_modules/rwebtransport/prebuilds');
  for (const name of existsSync(prebuilds) ? readdirSync(prebuilds) : []) {
    if (name !== `linux-${process.arch}`) rmSync(`${prebuilds}/${name}`, { recursive: true });
  }
  mkdirSync(inRoot('bin'), { recursive: true });
  symlinkSync(`${nodePackage()}/bin/node`, inRoot('bin', 'node'));
  say('pruned to what the server needs');
  return 0;
}

/**
 * Takes from a package what nothing loads.
 * @param {string} directory where its package.json is
 */
function slim(directory) {
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) {
    if (NEVER_LOADED.has(name)) rmSync(join(directory, name), { recursive: true });
  }
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && FOR_DEVELOPERS.test(entry.name)) {
      rmSync(join(entry.parentPath, entry.name));
    }
  }
}

/** @param {string} args for a shell; `npm sbom` needs npm 10 */
async function npm(args) {
  const command = `npm ${args}`;
  const result = await runCommand(['sh', '-c', command], { cwd: root, env: jobEnvironment() });
  if (result.status === 0) return;
  const detail = result.output.split('\n').slice(-8).join('\n');
  throw new SetupFailure('npm could not prune the installation.', command, detail);
}
