import { join } from 'node:path';

/** Saves compiled code, so that a restart does not parse the child's modules again. */
const COMPILE_CACHE = join(
  import.meta.dirname,
  '..',
  'node_modules',
  '.cache',
  'oriel-compile-cache',
);

/**
 * This process's environment without what a child has no business with: our own settings (a password may be among
 * them) and options meant for this Node process.
 */
export function childEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('ORIEL_') && name !== 'NODE_OPTIONS',
  );
  return { NODE_COMPILE_CACHE: COMPILE_CACHE, ...Object.fromEntries(inherited), ...extra };
}
