#!/usr/bin/env node
/**
 * One command for every job: installs what is missing, saying so, and runs the job under Node 24.
 * Needs Node 20 or newer and nothing else; every file of this folder is plain JavaScript for that reason.
 */
import { runChecks } from './check.mjs';
import { ensureClientBuild } from './client-build.mjs';
import { canRunContainers, NO_CONTAINERS } from './containers.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';
import { SetupFailure } from './failure.mjs';
import { runJob } from './job.mjs';
import { ensureGStreamerAddon, ensureNodePackages } from './node-packages.mjs';
import { prune } from './prune.mjs';
import { say } from './report.mjs';
import { ensureSupportedMachine } from './runtime.mjs';
import { runTests } from './test-job.mjs';

const USAGE = `usage: node setup/main.mjs JOB [flags…]

  start       run Oriel; flags go to the server (start --help lists them)
  test        run the tests; arguments go to vitest (a path, -t name)
  containers  build the images and test them, and a pod, with podman
  bench       run the benchmarks; arguments name them
  photon      the click-to-photon target, in a terminal on the desktop
  doctor      what keeps Oriel from running here; takes the flags of start, and --json
  check       format, types, lint, dependencies, unused code
  packages    only install the npm packages
  image       build and leave only what the server needs: for images
`;

/** @typedef {'start' | 'test' | 'containers' | 'bench' | 'photon' | 'doctor' | 'check' | 'packages' | 'image'} Job */

/**
 * @typedef {object} Plan
 * @property {DebianJob} [debian] whose Debian packages are installed first
 * @property {boolean} [built] whether the compiled addon and the built page are needed
 * @property {(args: readonly string[]) => Promise<number>} run
 */
/** @typedef {import('./debian-packages.mjs').DebianJob} DebianJob */

/** The flags of vitest for the tests of images, containers and pods. */
const CONTAINERS = ['--config', 'test/containers/vitest.config.ts'];

/** @type {Record<Job, Plan>} */
const JOBS = {
  start: { debian: 'start', built: true, run: (args) => runJob(['server/main.ts', ...args]) },
  test: { debian: 'test', built: true, run: (args) => runTests(args) },
  containers: {
    debian: 'containers',
    built: true,
    run: async (args) => ((await canRunContainers()) ? runTests(args, CONTAINERS) : NO_CONTAINERS),
  },
  bench: { debian: 'bench', built: true, run: (args) => runJob(['test/bench/main.ts', ...args]) },
  photon: { run: (args) => runJob(['server/desktop/photon-target.ts', ...args]) },
  doctor: { run: (args) => runJob(['server/doctor.ts', ...args]) },
  check: { run: (args) => runChecks(args) },
  packages: { run: () => Promise.resolve(0) },
  image: { built: true, run: () => prune() },
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
  const plan = JOBS[job];
  ensureSupportedMachine();
  // One of the benchmarks measures containers.
  const debian = job === 'bench' && args.includes('containers') ? 'containers' : plan.debian;
  if (debian !== undefined) await ensureDebianPackages(debian);
  await ensureNodePackages();
  if (plan.built === true) {
    await ensureGStreamerAddon();
    await ensureClientBuild();
  }
  return plan.run(args);
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
