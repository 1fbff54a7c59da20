#!/usr/bin/env node
/**
 * One command for every job: installs what is missing, saying so, and runs the job under Node 24.
 * Needs Node 20 or newer and nothing else; every file of this folder is plain JavaScript for that reason.
 */
import { runChecks } from './check.mjs';
import { ensureClientBuild } from './client-build.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';
import { SetupFailure } from './failure.mjs';
import { runJob } from './job.mjs';
import { ensureGStreamerAddon, ensureNodePackages } from './node-packages.mjs';
import { say } from './report.mjs';
import { ensureSupportedMachine } from './runtime.mjs';

const USAGE = `usage: node setup/main.mjs start|test|bench|photon|check [flags…]

  start   run Oriel; flags go to the server (start --help lists them)
  test    run the tests; arguments go to vitest (a path, -t name)
  bench   run the benchmarks; arguments name them
  photon  the click-to-photon target, in a terminal on the desktop
  check   format, types, lint, dependencies, unused code
`;

/** @typedef {'start' | 'test' | 'bench' | 'photon' | 'check'} Job */

/** @type {Record<Job, (args: readonly string[]) => Promise<number>>} */
const JOBS = {
  start: (args) => runJob(['server/main.ts', ...args]),
  test: (args) => runJob(['node_modules/vitest/vitest.mjs', 'run', ...args]),
  bench: (args) => runJob(['test/bench/main.ts', ...args]),
  photon: (args) => runJob(['server/desktop/photon-target.ts', ...args]),
  check: (args) => runChecks(args),
};

/** @param {string | undefined} word @returns {word is Job} */
const isJob = (word) => word !== undefined && Object.hasOwn(JOBS, word);

/** @param {readonly string[]} argv @returns {Promise<number>} */
async function main([job, ...rest]) {
  if (!isJob(job)) {
    process.stderr.write(USAGE);
    return job === '--help' || job === '-h' ? 0 : 2;
  }
  const args = rest[0] === '--' ? rest.slice(1) : rest;
  ensureSupportedMachine();
  // These two need no system package, no compiled addon and no built page.
  const isLight = job === 'photon' || job === 'check';
  if (!isLight) await ensureDebianPackages(job);
  await ensureNodePackages();
  if (!isLight) {
    await ensureGStreamerAddon();
    await ensureClientBuild();
  }
  return JOBS[job](args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  if (error.detail) process.stderr.write(`${error.detail}\n\n`);
  say(error.message);
  if (error.command) say(`run:  ${error.command}`);
  process.exitCode = 1;
}
