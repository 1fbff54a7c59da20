import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { SetupFailure } from './failure.mjs';

/** Processors that Node 24 and the native packages are available for. */
const SUPPORTED = new Set(['x64', 'arm64']);

/** The folder of the repository. */
export const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');

/** @param {string[]} parts @returns {string} an absolute path inside the repository */
export const inRoot = (...parts) => join(root, ...parts);

/** Checks the processor and the operating system. @throws {SetupFailure} */
export function ensureSupportedMachine() {
  if (process.platform !== 'linux') {
    throw new SetupFailure(`Oriel's server runs on Linux; this is ${process.platform}.`);
  }
  if (!SUPPORTED.has(process.arch)) {
    throw new SetupFailure(`Oriel runs on x64 and arm64 processors; this one is ${process.arch}.`);
  }
}

/** The folder of the packaged Node 24: its binary and its headers. */
export const nodePackage = () => inRoot('node_modules', `node-linux-${process.arch}`);

/** The Node 24 binary that runs the jobs, whatever Node runs this file. */
export const nodeBinary = () => join(nodePackage(), 'bin', 'node');

/** @param {string} path @returns {boolean} whether the file is there and may be executed */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The environment of the jobs and of everything that is compiled for them.
 * @returns {NodeJS.ProcessEnv}
 */
export function jobEnvironment() {
  return {
    ...process.env,
    PATH: `${join(nodePackage(), 'bin')}:${process.env['PATH'] ?? '/usr/bin:/bin'}`,
    // Compiled JavaScript is kept, so that a warm start reads it instead of compiling it again.
    NODE_COMPILE_CACHE: inRoot('node_modules', '.cache', 'compile'),
  };
}
