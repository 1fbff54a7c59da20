import { ConfigError } from './config-error.ts';
import { loadConfig } from './load.ts';
import type { Config } from './schema.ts';

/**
 * The settings of a program, from its flags and its environment. Undefined when it has nothing to run: its help was asked for, which is
 * printed then, or a setting is wrong, which standard error and exit code 2 say.
 */
export function processConfig(flags: readonly string[]): Config | undefined {
  try {
    const outcome = loadConfig({ argv: flags, env: process.env });
    if (outcome.type === 'run') return outcome.config;
    process.stdout.write(outcome.text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
  return undefined;
}
