import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserKind, RealBrowser } from './real-browser.ts';
import { WebDriver } from './web-driver.ts';
import { startXServer } from './x-server.ts';

const DRIVER = '/usr/bin/WebKitWebDriver';
const PROGRAM = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/webkit2gtk-4.1/MiniBrowser`;

/** Its display, pixels: the window opens as large as it likes. */
const DISPLAY_SIZE = { width: 1400, height: 1000 };
const WINDOW = { x: 0, y: 0, width: 1360, height: 960 };

/** WebKitGTK's own small browser on a display of its own, without a graphics card. */
export const miniBrowser: BrowserKind = {
  name: "WebKitGTK's MiniBrowser",
  programs: [DRIVER, PROGRAM],
  debianPackage: 'webkit2gtk-driver',
  // It keeps no Secure cookie of a page over http, not even on the machine itself: this address means https.
  gatewayFlags: ['--host', '0.0.0.0'],
  launch: async (env) => {
    const home = await mkdtemp(join(tmpdir(), 'oriel-webkit-'));
    const server = await startXServer(DISPLAY_SIZE);
    const end = async (): Promise<void> => {
      await server.close();
      await rm(home, { recursive: true, force: true });
    };
    try {
      const driver = await WebDriver.start(
        DRIVER,
        {
          acceptInsecureCerts: true,
          'webkitgtk:browserOptions': { binary: PROGRAM, args: ['--automation'] },
        },
        {
          ...env,
          ...{ DISPLAY: server.display, HOME: home, XDG_RUNTIME_DIR: home },
          WEBKIT_DISABLE_DMABUF_RENDERER: '1',
        },
      );
      await driver.command('/window/rect', WINDOW);
      return running(driver, end);
    } catch (error) {
      await end();
      throw error;
    }
  },
};

function running(driver: WebDriver, end: () => Promise<void>): RealBrowser {
  return {
    open: async (url) => {
      await driver.open(url);
      return {
        evaluate: (run) => driver.evaluate(run),
        click: (x, y) => driver.click(x, y),
        type: (text) => driver.type(text),
        close: () => driver.open('about:blank'),
      };
    },
    close: async () => {
      await driver.close();
      await end();
    },
  };
}
