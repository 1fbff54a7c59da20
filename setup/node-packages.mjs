import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { SetupFailure } from './failure.mjs';
import { elapsed, say } from './report.mjs';
import { runCommand } from './run-command.mjs';
import { inRoot, isExecutable, jobEnvironment, nodeBinary, nodePackage, root } from './runtime.mjs';

const lockFile = () => inRoot('package-lock.json');
/** npm writes this at the very end: where it is missing, an installation was cut short. */
const installedList = () => inRoot('node_modules', '.package-lock.json');
/** The lock file that node_modules was made from, by its SHA-256. */
const lockStamp = () => inRoot('node_modules', '.cache', 'setup', 'package-lock.sha256');
const addonFile = () =>
  inRoot('node_modules/gstreamer-superficial/build/Release/gstreamer-superficial.node');
/** The addon and the Node that it was last seen to load in. */
const addonStamp = () => inRoot('node_modules', '.cache', 'setup', 'gstreamer-addon');

/** Brings node_modules up to date with package-lock.json. @returns {Promise<void>} */
export async function ensureNodePackages() {
  const wanted = createHash('sha256').update(readFileSync(lockFile())).digest('hex');
  if (areInstalled(wanted)) return;
  const started = performance.now();
  say('installing the npm packages (npm ci)');
  const result = await runCommand(['npm', 'ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: root,
  });
  if (result.status !== 0) throw npmFailure(result.status, result.output);
  if (!isExecutable(nodeBinary())) {
    throw new SetupFailure(
      `npm left out the optional package node-linux-${process.arch}, which carries Node 24.`,
      'npm config get omit   # must not name "optional"; then: rm -rf node_modules && npm ci',
    );
  }
  writeStamp(lockStamp(), wanted);
  say(`npm packages installed in ${elapsed(started)}`);
}

/** @param {string} wanted SHA-256 of package-lock.json @returns {boolean} */
function areInstalled(wanted) {
  if (!existsSync(installedList()) || !isExecutable(nodeBinary())) return false;
  if (readStamp(lockStamp()) === wanted) return true;
  // Installed by hand since the lock file changed.
  if (statSync(installedList()).mtimeMs < statSync(lockFile()).mtimeMs) return false;
  writeStamp(lockStamp(), wanted);
  return true;
}

/** Compiles the GStreamer addon for the packaged Node 24 where it is missing or does not load. @returns {Promise<void>} */
export async function ensureGStreamerAddon() {
  if (existsSync(addonFile()) && readStamp(addonStamp()) === addonState()) return;
  if (existsSync(addonFile()) && (await loadsAddon())) {
    writeStamp(addonStamp(), addonState());
    return;
  }
  const started = performance.now();
  say('compiling the GStreamer addon for Node 24');
  const build = await runCommand(
    ['npm', 'rebuild', 'gstreamer-superficial', '--ignore-scripts=false', '--foreground-scripts'],
    {
      cwd: root,
      env: { ...jobEnvironment(), npm_config_nodedir: nodePackage() },
    },
  );
  if (build.status !== 0 || !existsSync(addonFile()) || !(await loadsAddon())) {
    throw new SetupFailure(
      'the GStreamer addon could not be compiled for Node 24.',
      `PATH=${nodePackage()}/bin:$PATH npm_config_nodedir=${nodePackage()} npm rebuild gstreamer-superficial --ignore-scripts=false --foreground-scripts`,
      build.output.split('\n').slice(-8).join('\n'),
    );
  }
  writeStamp(addonStamp(), addonState());
  say(`GStreamer addon compiled in ${elapsed(started)}`);
}

/** @returns {string} changes whenever the addon or the Node that loads it does */
function addonState() {
  const addon = statSync(addonFile());
  const node = statSync(nodeBinary());
  return `${addon.size} ${addon.mtimeMs} ${node.size} ${node.mtimeMs}`;
}

/** @returns {Promise<boolean>} whether the addon loads; tried in a child, because a wrong one can take the process down */
async function loadsAddon() {
  const probe = await runCommand([nodeBinary(), '-e', 'require("gstreamer-superficial")'], {
    cwd: root,
  });
  return probe.status === 0;
}

/** @param {number} status @param {string} output @returns {SetupFailure} */
function npmFailure(status, output) {
  const detail = output
    .split('\n')
    .filter((line) => line.startsWith('npm error') || line.startsWith('npm ERR!'))
    .slice(0, 5)
    .join('\n');
  if (status === 127) {
    return new SetupFailure(
      'npm is not installed; it comes with Node.js 20 and newer.',
      'sudo apt-get install nodejs npm',
    );
  }
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/.test(detail)) {
    return new SetupFailure(
      'the npm registry cannot be reached; is the network up?',
      'npm ci',
      detail,
    );
  }
  if (/EACCES|EPERM|EROFS/.test(detail)) {
    return new SetupFailure(
      'this user may not write node_modules.',
      `ls -ld ${root} ${inRoot('node_modules')}`,
      detail,
    );
  }
  if (/ENOSPC/.test(detail)) return new SetupFailure('the disk is full.', `df -h ${root}`, detail);
  if (/EUSAGE|in sync/.test(detail)) {
    return new SetupFailure(
      'package.json and package-lock.json disagree.',
      'npm install --ignore-scripts',
      detail,
    );
  }
  return new SetupFailure(
    'npm could not install the packages.',
    'rm -rf node_modules && npm ci',
    detail || output,
  );
}

/** @param {string} path @returns {string | undefined} */
function readStamp(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Remembers a result; where node_modules may not be written, as in a read-only image, the check is simply made again.
 * @param {string} path
 * @param {string} content
 */
function writeStamp(path, content) {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}
