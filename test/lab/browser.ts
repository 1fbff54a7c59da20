import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { chromiumPath, launchChromium } from '../support/chromium.ts';
import type { Namespace } from './namespace.ts';

const cache = fileURLToPath(new URL('../../node_modules/.cache/lab/', import.meta.url));

/**
 * Chromium with a namespace's network. It takes the gateway's self-made certificate for the page; WebTransport pins its own,
 * as everywhere.
 */
export async function launchChromiumIn({ name, launcher }: Namespace): Promise<Browser> {
  mkdirSync(cache, { recursive: true });
  // Playwright starts a program and no command line, so the way into the namespace has to be a file.
  const script = `${cache}chromium-${name}`;
  writeFileSync(script, `#!/bin/sh\nexec ${launcher.join(' ')} ${chromiumPath} "$@"\n`);
  chmodSync(script, 0o755);
  try {
    return await launchChromium(['--ignore-certificate-errors'], script);
  } finally {
    rmSync(script);
  }
}
