import { spawn } from 'node:child_process';
import { clearInterval, setInterval } from 'node:timers';
import { say } from './report.mjs';

/** Lines kept from a program's output, to show the end of it when it fails. */
const KEPT_LINES = 40;

/** How often a long step shows the newest line of its output, in ms: often enough to see that it is alive. */
const PROGRESS_MS = 5_000;

/**
 * @typedef {object} CommandResult
 * @property {number} status exit status; 128 + signal number when a signal ended it; 127 when it could not be started
 * @property {string} output the last lines of stdout and stderr together
 */

/**
 * Runs a program to its end, quietly: while it runs, only the newest line of its output is shown now and then.
 * A Ctrl-C of the terminal reaches the program too, because it stays in this process's group.
 *
 * @param {readonly [string, ...string[]]} command the program and its arguments; no shell is involved
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, terminal?: boolean }} [options] `terminal`: let it read the terminal
 * @returns {Promise<CommandResult>}
 */
export function runCommand([program, ...args], options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: [options.terminal === true ? 'inherit' : 'ignore', 'pipe', 'pipe'],
    });
    /** @type {string[]} */
    const lines = [];
    let rest = '';
    /** @param {Buffer} chunk */
    const collect = (chunk) => {
      const parts = (rest + chunk.toString('utf8')).split(/[\r\n]+/);
      rest = parts.pop() ?? '';
      lines.push(...parts.filter((line) => line.trim() !== ''));
      lines.splice(0, lines.length - KEPT_LINES);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    let shown = '';
    const progress = setInterval(() => {
      const newest = lines.at(-1)?.trim().slice(0, 100) ?? '';
      if (newest !== '' && newest !== shown) say(`  ${newest}`);
      shown = newest;
    }, PROGRESS_MS);
    /** @param {number} status */
    const finish = (status) => {
      clearInterval(progress);
      if (rest.trim() !== '') lines.push(rest);
      resolve({ status, output: lines.join('\n') });
    };
    child.once('error', (error) => {
      lines.push(error.message);
      finish(127);
    });
    child.once('close', (code, signal) => finish(exitStatus(code, signal)));
  });
}

/** The signals that end a job in practice, by number (signal(7)); anything else counts as SIGKILL. */
const SIGNAL_NUMBERS = new Map([
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGQUIT', 3],
  ['SIGABRT', 6],
  ['SIGKILL', 9],
  ['SIGSEGV', 11],
  ['SIGTERM', 15],
]);

/**
 * The exit status a shell would report.
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 * @returns {number}
 */
export function exitStatus(code, signal) {
  if (code !== null) return code;
  return 128 + (SIGNAL_NUMBERS.get(signal ?? '') ?? 9);
}
