import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { runJob } from './job.mjs';
import { say } from './report.mjs';
import { inRoot, root } from './runtime.mjs';

const VITEST = 'node_modules/vitest/vitest.mjs';
const REPORT = inRoot('node_modules/.cache/oriel/tests.json');

/** Files that may fail at the first run; more of them are no accident. A guess. */
const MOST_FILES = 5;

/**
 * Runs all tests, or those that the arguments name. Of a whole run the files that failed run once more, by themselves: they start
 * browsers, X servers and encoders on a machine that others may use as well, and a stall of seconds is not what they look for. Both
 * runs are printed, what failed in the first one is named at the end, and what fails twice is red.
 *
 * @param {readonly string[]} args for vitest
 * @param {readonly string[]} [suite] the flags that say which tests; those of vitest.config.ts without
 * @returns {Promise<number>} its exit status
 */
export async function runTests(args, suite = []) {
  const run = [VITEST, 'run', ...suite];
  if (args.length > 0) return runJob([...run, ...args]);
  rmSync(REPORT, { force: true });
  mkdirSync(dirname(REPORT), { recursive: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
  const status = await runJob([...run, ...reporters]);
  if (status !== 1) return status;
  const files = failedFiles();
  if (files.length === 0 || files.length > MOST_FILES) return status;
  say(`failed, and run once more by themselves: ${files.join(', ')}`);
  const second = await runJob([...run, ...files]);
  say(`${second === 0 ? 'failed once and passed then' : 'FAILED twice'}: ${files.join(', ')}`);
  return second;
}

/** @returns {string[]} none where the run ended in another way than by a test */
function failedFiles() {
  try {
    /** @type {{ testResults: { name: string, status: string }[] }} */
    const { testResults } = JSON.parse(readFileSync(REPORT, 'utf8'));
    return testResults
      .filter(({ status }) => status === 'failed')
      .map(({ name }) => relative(root, name));
  } catch {
    return [];
  }
}
