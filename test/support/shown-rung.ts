import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { RungName } from '../../client/ladder/rungs.ts';
import { probeOf } from './probe.ts';

/** A loaded machine: longer than a rung has until it is left. */
const SEEN = { timeout: 20_000, interval: 50 };

/** Waits until the page plays by a rung, and its status bar says so. */
export async function expectRung(page: Page, rung: RungName, label: string): Promise<void> {
  const current = async () => (await probeOf(page).rungs())?.current;
  await expect.poll(current, SEEN).toBe(rung);
  await page.locator('oriel-status-bar .rung').getByText(label, { exact: true }).waitFor();
}

/** What the page says of why it does not play by a rung; empty where nothing is in the way. */
export async function reasonAgainst(page: Page, rung: RungName): Promise<string> {
  const report = (await probeOf(page).rungs())?.rungs.find((one) => one.rung === rung);
  if (report?.state.type !== 'unusable') return '';
  const { reason, fix = '' } = report.state.obstacle;
  return `${reason} ${fix}`;
}
