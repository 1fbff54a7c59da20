/**
 * `npm run doctor`: says whether Oriel can run here with these settings, and what to do where it cannot. Takes the flags of the server and
 * `--json`; ends with 1 when something has to be repaired.
 */
import { ConfigError } from './config/config-error.ts';
import { loadConfig } from './config/load.ts';
import type { Config } from './config/schema.ts';
import { encoderCheck } from './doctor/encoders.ts';
import { fail, reportText, runChecks, type Check, type Finding } from './doctor/finding.ts';
import { addonCheck, machineCheck, pageCheck } from './doctor/machine.ts';
import { certificateCheck, portCheck } from './doctor/network.ts';
import { displayCheck, soundCheck } from './doctor/sources.ts';

/** In the order in which a person would ask. */
const checksOf = (config: Config): readonly Check[] => [
  machineCheck,
  addonCheck(config),
  pageCheck(config),
  displayCheck(config),
  soundCheck(config),
  encoderCheck(config.video),
  portCheck(config),
  certificateCheck(config),
];

async function examine(argv: readonly string[]): Promise<readonly Finding[] | string> {
  try {
    const outcome = loadConfig({ argv, env: process.env });
    return outcome.type === 'print' ? outcome.text : await runChecks(checksOf(outcome.config));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => ({ check: 'settings', ...fail(`${line.trim()}.`) }));
  }
}

const argv = process.argv.slice(2);
const wantsJson = argv.includes('--json');
const found = await examine(argv.filter((flag) => flag !== '--json'));
if (typeof found === 'string') process.stdout.write(found);
else {
  const isWell = found.every(({ level }) => level !== 'fail');
  process.stdout.write(
    wantsJson
      ? `${JSON.stringify({ ok: isWell, findings: found }, undefined, 2)}\n`
      : reportText(found),
  );
  process.exitCode = isWell ? 0 : 1;
}
