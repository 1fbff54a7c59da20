import type { Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import { logOut, type OpenedPage } from '../../support/chromium.ts';
import { framesAfter, paintedDesktop } from '../../support/painted-desktop.ts';

// A small and slow picture: two cores carry desktop, encoder and browser at once.
const painted = paintedDesktop({
  framesPerSecond: 15,
  background: 'none',
  flags: [
    ...['--webrtc', '--no-audio', '--video-frame-rate', '15'],
    ...['--desktop-width', '1280', '--desktop-height', '200'],
  ],
});
let opened: OpenedPage;

afterEach(() => logOut(opened));

/** Opens the page on WebSocket and notes which paths of the API it asks for by HTTP. */
async function openOnWebSocket(): Promise<{ page: Page; byHttp: readonly string[] }> {
  const byHttp: string[] = [];
  opened = await painted.open({
    rung: 'webCodecs',
    transport: 'websocket',
    prepare: (page) => {
      page.on('request', (request) => byHttp.push(new URL(request.url()).pathname));
      return Promise.resolve();
    },
  });
  const { page } = opened;
  await framesAfter(page, 5);
  return { page, byHttp };
}

async function choosePlayer(page: Page, label: string): Promise<void> {
  await page.keyboard.press('Control+Alt+Shift');
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByLabel('Player', { exact: true }).selectOption({ label });
  await page.keyboard.press('Escape');
}

it('WebRTC is offered by the session’s connection, which then carries the statistics’ requests', async () => {
  const { page, byHttp } = await openOnWebSocket();
  await choosePlayer(page, 'WebRTC');
  const transport = page.locator('oriel-status-bar .transport');
  await transport.getByText('WebRTC', { exact: true }).waitFor();
  await framesAfter(page, 5);

  await page.keyboard.press('Control+Alt+Shift+S');
  const figures = page.locator('oriel-gateway-figures');
  await figures.getByText('Running', { exact: true }).waitFor();
  const fact = (label: string) =>
    figures.locator('dl > div').filter({ hasText: label }).locator('dd');
  expect(await fact('Encoder restarts').textContent()).toBe('0');
  await expect.poll(() => fact('Memory').textContent()).toMatch(/^\d+ MiB$/);

  expect(byHttp).toContain('/api/ticket');
  expect(byHttp).not.toContain('/api/webrtc');
  expect(byHttp).not.toContain('/api/statistics');
});
