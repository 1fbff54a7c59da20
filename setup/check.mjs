import { performance } from 'node:perf_hooks';
import { runJob } from './job.mjs';
import { elapsed, say } from './report.mjs';

/** The checks, cheapest first; each is a program of node_modules run under Node 24. */
const CHECKS = [
  {
    name: 'format',
    args: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
  },
  { name: 'types', args: ['node_modules/typescript/bin/tsc', '-b'] },
  { name: 'lint', args: ['node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.'] },
  {
    name: 'dependencies',
    args: [
      'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
      'protocol',
      'gst',
      'certs',
      'server',
      'client',
      'test',
    ],
  },
  { name: 'unused code', args: ['node_modules/knip/bin/knip.js'] },
];

/**
 * Runs every check, also after one has failed, and says at the end which did.
 * @param {readonly string[]} only names of checks to run; all when empty
 * @returns {Promise<number>} 0 when all passed, otherwise 1
 */
export async function runChecks(only) {
  const chosen = only.length === 0 ? CHECKS : CHECKS.filter(({ name }) => only.includes(name));
  if (chosen.length === 0) {
    say(`no check of that name; there are: ${CHECKS.map(({ name }) => name).join(', ')}`);
    return 2;
  }
  /** @type {string[]} */
  const summary = [];
  let failed = false;
  for (const { name, args } of chosen) {
    const started = performance.now();
    say(`${name} …`);
    const status = await runJob(args);
    if (status > 128) return status;
    failed ||= status !== 0;
    summary.push(`${status === 0 ? 'passed' : 'FAILED'}  ${name} (${elapsed(started)})`);
  }
  say('');
  for (const line of summary) say(line);
  return failed ? 1 : 0;
}
