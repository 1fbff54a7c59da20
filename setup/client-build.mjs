import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { SetupFailure } from './failure.mjs';
import { elapsed, say } from './report.mjs';
import { runCommand } from './run-command.mjs';
import { inRoot, jobEnvironment, nodeBinary, root } from './runtime.mjs';

/** What the built page is made from; the client imports the protocol. */
const SOURCES = ['client', 'protocol', 'package-lock.json'];
/** Written last by every build. */
const BUILT = ['client', 'dist', 'index.html'];

/** Builds the client where its sources are newer than the built page. @returns {Promise<void>} */
export async function ensureClientBuild() {
  const newestSource = Math.max(...SOURCES.map((source) => newestChange(inRoot(source))));
  if (newestSource <= modifiedAt(inRoot(...BUILT))) return;
  const started = performance.now();
  say('building the client (vite build)');
  const build = await runCommand(
    [nodeBinary(), inRoot('node_modules/vite/bin/vite.js'), 'build', 'client'],
    {
      cwd: root,
      env: jobEnvironment(),
    },
  );
  if (build.status !== 0) {
    throw new SetupFailure(
      'the client could not be built.',
      `${nodeBinary()} node_modules/vite/bin/vite.js build client`,
      build.output.split('\n').slice(-12).join('\n'),
    );
  }
  say(`client built in ${elapsed(started)}`);
}

/**
 * The newest change of a file, or of anything in a folder. A folder's own time counts too: it moves when a file in it
 * is deleted. `dist` and the folder that holds it are left out, because building changes both.
 * @param {string} path
 * @returns {number} ms since the epoch; 0 for nothing
 */
function newestChange(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  const names = readdirSync(path);
  const own = names.includes('dist') ? 0 : stat.mtimeMs;
  const inside = names.filter((name) => name !== 'dist' && name !== 'node_modules');
  return Math.max(own, ...inside.map((name) => newestChange(join(path, name))));
}

/** @param {string} path @returns {number} ms since the epoch; -1 where there is no such file */
function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}
