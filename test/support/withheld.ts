import type { Page } from 'playwright-core';

/**
 * Chromium does not know that a script which a test has changed came from this machine, and keeps a worker of it away from the loopback
 * network; with this flag of its own it does not.
 */
export const CHANGED_SCRIPTS = '--disable-features=LocalNetworkAccessChecks';

/** Prepares a page without some globals, as a browser that withholds or does not have them: removed before any script of ours runs. */
export const withoutGlobals =
  (...names: readonly string[]) =>
  async (page: Page): Promise<void> => {
    await page.addInitScript((missing) => {
      for (const name of missing) Reflect.deleteProperty(globalThis, name);
    }, names);
    // An init script runs in pages only; a worker's script begins with it instead.
    const removal = names.map((name) => `delete globalThis.${name};`).join('');
    await page.route('**/*.worker-*.js', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${removal}${await response.text()}` });
    });
  };
