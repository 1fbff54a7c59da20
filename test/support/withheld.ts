import type { Page } from 'playwright-core';

/**
 * Chromium does not know that a script which a test has changed came from this machine, and keeps a worker of it away from the loopback
 * network; with this flag of its own it does not.
 */
export const CHANGED_SCRIPTS = '--disable-features=LocalNetworkAccessChecks';

/** Prepares a page without some globals, as a browser that withholds or does not have them: removed before any script of ours runs. */
export const withoutGlobals = (...names: readonly string[]): ((page: Page) => Promise<void>) =>
  withScript(names.map((name) => `delete globalThis.${name};`).join(''));

/** A VideoDecoder that decodes the keyframes of probes, which begin at 0, and is silent about everything else. */
export const withSilentDecoder = withScript(
  `globalThis.VideoDecoder = class extends VideoDecoder {
    decode(chunk) { if (chunk.timestamp === 0) super.decode(chunk); }
  };`,
);

/** Prepares a page in which, and in whose workers, this script runs before any of ours. */
function withScript(script: string): (page: Page) => Promise<void> {
  return async (page) => {
    await page.addInitScript(script);
    // An init script runs in pages only; a worker's script begins with it instead.
    await page.route('**/*.worker-*.js', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${script}${await response.text()}` });
    });
  };
}
