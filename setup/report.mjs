import { performance } from 'node:perf_hooks';
/**
 * Tells the person in front of the terminal what is being done. Goes to stderr, so that a job's stdout stays its own.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`oriel: ${line}\n`);
}

/**
 * @param {number} startMs a moment of performance.now()
 * @returns {string} the time since then, for example `12.3 s`
 */
export function elapsed(startMs) {
  return `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
}
