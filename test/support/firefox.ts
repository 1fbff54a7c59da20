import puppeteer, { type Browser } from 'puppeteer-core';
import type { BrowserKind, RealBrowser, RealPage } from './real-browser.ts';

const PROGRAM = '/usr/bin/firefox-esr';

/** The size of the page, pixels: the painted pattern is 1152 wide. */
const VIEWPORT = { width: 1280, height: 800 };

/** Between two keys, ms: as somebody who types fast. */
const TYPING_DELAY_MS = 5;

/** Debian's Firefox ESR without a window, driven by WebDriver BiDi. */
export const firefox: BrowserKind = {
  name: 'Firefox ESR',
  programs: [PROGRAM],
  debianPackage: 'firefox-esr',
  gatewayFlags: [],
  launch: async (env) => {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: PROGRAM,
      headless: true,
      defaultViewport: VIEWPORT,
      env: { ...process.env, ...env },
    });
    return running(browser);
  },
};

function running(browser: Browser): RealBrowser {
  return {
    open: async (url) => {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      await page.goto(url);
      return {
        evaluate: async <Result>(run: () => Result | Promise<Result>) =>
          // What comes out of a page is no promise any more.
          (await page.evaluate(run)) as Result,
        click: (x, y) => page.mouse.click(x, y),
        type: (text) => page.keyboard.type(text, { delay: TYPING_DELAY_MS }),
        close: () => context.close(),
      } satisfies RealPage;
    },
    close: () => browser.close(),
  };
}
