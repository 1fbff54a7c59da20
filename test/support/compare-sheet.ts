import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';

/** Opens the compare sheet of a live page by keyboard and the settings. */
export async function openCompare(page: Page): Promise<Locator> {
  await page.keyboard.press('Control+Alt+Shift');
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('button', { name: 'Compare settings…' }).click();
  return page.getByRole('dialog', { name: 'Compare' });
}

/** What one of the sheet's buttons saves. */
export async function savedBy(
  page: Page,
  button: Locator,
): Promise<{ readonly name: string; readonly text: string }> {
  const download = page.waitForEvent('download');
  await button.click();
  const file = await download;
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
}

/** The table as a reader has it: rows of cells, by the name of the row. */
export async function tableOf(
  sheet: Locator,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const rows = await sheet
    .locator('tbody tr')
    .evaluateAll((elements) =>
      elements.map((row) => [
        row.getAttribute('data-row') ?? '',
        [...row.querySelectorAll('td')].map((cell) => cell.textContent.trim()),
      ]),
    );
  return Object.fromEntries(rows) as Record<string, readonly string[]>;
}

/** A CSV whose cells need no quotes, as its columns by name. */
export function columnsOf(csv: string): Readonly<Record<string, readonly string[]>> {
  const [head = [], ...lines] = csv
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
  return Object.fromEntries(head.map((name, at) => [name, lines.map((line) => line[at] ?? '')]));
}
