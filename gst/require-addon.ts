import { createRequire } from 'node:module';

/**
 * Looks whether the addon that every encoder needs has been compiled; it is not loaded, since it can take its process down.
 *
 * @throws Error with what to do where it has not: `npm ci` alone leaves it out
 */
export function requireAddon(): void {
  try {
    createRequire(import.meta.url).resolve('gstreamer-superficial');
  } catch (cause) {
    throw new Error(
      'nothing can be encoded, since the addon gstreamer-superficial has not been compiled in this installation; ' +
        '"npm start" compiles it, "npm ci" alone does not',
      { cause },
    );
  }
}
