import { spawn } from 'node:child_process';
import { exitStatus } from './run-command.mjs';
import { jobEnvironment, nodeBinary, root } from './runtime.mjs';

/** Signals that people and service managers send to end a program. */
const ENDING_SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']);

/**
 * Runs a file under the packaged Node 24 in the foreground and waits for its end, whatever signals arrive meanwhile.
 *
 * @param {readonly string[]} args the file and its arguments
 * @returns {Promise<number>} its exit status
 */
export function runJob(args) {
  return new Promise((resolve, reject) => {
    const job = spawn(nodeBinary(), [...args], {
      cwd: root,
      env: jobEnvironment(),
      stdio: 'inherit',
    });
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      // A terminal has already sent Ctrl-C to the whole group: a second SIGINT would mean "at once" to the job.
      const fromTerminal = (signal === 'SIGINT' || signal === 'SIGQUIT') && process.stdin.isTTY;
      if (!fromTerminal) job.kill(signal);
    };
    for (const signal of ENDING_SIGNALS) process.on(signal, forward);
    job.once('error', reject);
    job.once('close', (code, signal) => {
      for (const name of ENDING_SIGNALS) process.off(name, forward);
      resolve(exitStatus(code, signal));
    });
  });
}
