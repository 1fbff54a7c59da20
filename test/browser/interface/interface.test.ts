/** The real components in Chromium, with a scripted player: what a user sees, reaches and sends. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InputEvent } from '../../../protocol/input.ts';
import type { HarnessServer } from './harness-page.ts';
import { startHarness } from './harness-page.ts';
import type { Harness } from './page/main.ts';

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } as const;
const DESKTOP = { width: 1280, height: 720 } as const;

let harness: HarnessServer;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(async () => {
  await harness.close();
});

async function enter(page: Page, session: Harness['session'], token?: string): Promise<void> {
  await page.evaluate(
    async ([nextSession, withToken]) => {
      window.harness.session = nextSession;
      await window.harness.app.enter(withToken);
      await window.harness.app.updateComplete;
    },
    [session, token] as const,
  );
}

async function goLive(page: Page, role: 'controller' | 'viewer' = 'controller'): Promise<void> {
  await enter(page, 'open');
  await page.evaluate(
    ([who, desktop]) => {
      const player = window.harness.players.at(-1);
      player?.state({ phase: 'live', transport: 'webtransport', role: who, desktop });
      player?.stats(18, 'playing');
    },
    [role, DESKTOP] as const,
  );
  await page.getByText(role === 'viewer' ? 'View only' : 'Live').waitFor();
}

/** The events that were sent since the last call. */
function takeSent(page: Page): Promise<InputEvent[]> {
  return page.evaluate(() => window.harness.players.at(-1)?.sent.splice(0) ?? []);
}

/** Names the focused element across shadow trees. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent.trim() ?? '';
  });
}

function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const visit = (root: Document | ShadowRoot): void => {
      for (const element of root.querySelectorAll<HTMLElement>('*')) {
        if (element.shadowRoot) visit(element.shadowRoot);
        const { left, right, width } = element.getBoundingClientRect();
        const isShown = width > 1 && element.checkVisibility({ opacityProperty: true });
        if (isShown && (left < -0.5 || right > innerWidth + 0.5)) found.push(element.className);
      }
    };
    visit(document);
    return found;
  });
}

describe('every state', () => {
  const states: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
    ['Sign in to your desktop', (page) => enter(page, 'password')],
    ['Open your desktop with a link', (page) => enter(page, 'link')],
    ['The gateway does not answer', (page) => enter(page, 'unreachable')],
    ['Connecting…', (page) => enter(page, 'open')],
    ['Live', (page) => goLive(page)],
    ['View only', (page) => goLive(page, 'viewer')],
    ['from changed to drawn', (page) => showStatistics(page)],
    ['Connection lost. Reconnecting…', (page) => lose(page)],
  ];

  test.each(states)('%s fits 360 px and breaks no policy', async (text, show) => {
    const { page, problems } = await harness.open(PHONE);
    await show(page);
    await page.getByText(text, { exact: true }).waitFor();
    expect(await overflow(page)).toEqual([]);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a phone has room for the latency and each button of the bar', async () => {
    const { page } = await harness.open(PHONE);
    await goLive(page);
    await page.evaluate(() => window.harness.players.at(-1)?.stats(1_284, 'playing'));
    const bar = page.getByRole('toolbar', { name: 'Desktop controls' });
    await bar.getByText('1284').waitFor();
    const edges = bar.locator('.latency, button').evaluateAll((elements) =>
      elements.map((element) => {
        const { left, right } = element.getBoundingClientRect();
        return { left, right };
      }),
    );
    const [latency, ...buttons] = await edges;
    expect(buttons).toHaveLength(5);
    expect(latency?.right).toBeLessThan(Math.min(...buttons.map(({ left }) => left)));
    expect(Math.min(...buttons.map(({ left, right }) => right - left))).toBeGreaterThanOrEqual(36);
    expect(Math.max(...buttons.map(({ right }) => right))).toBeLessThanOrEqual(352);
    await page.context().close();
  });

  async function showStatistics(page: Page): Promise<void> {
    await goLive(page);
    await page.getByRole('button', { name: 'Statistics', exact: true }).click();
  }

  async function lose(page: Page): Promise<void> {
    await goLive(page);
    await page.evaluate(() => window.harness.players.at(-1)?.state({ phase: 'reconnecting' }));
  }
});

describe('signing in', () => {
  test('a wrong password is explained, a right one leads to the desktop', async () => {
    const { page } = await harness.open();
    await enter(page, 'password');
    const field = page.getByLabel('Password');
    expect(await field.evaluate((element) => element.matches(':focus'))).toBe(true);
    await field.fill('guess');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('That password is not right.').waitFor();
    await field.fill('open sesame');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Connecting…').waitFor();
    await page.context().close();
  });

  test('logging out closes the player and comes back to the login view', async () => {
    const { page } = await harness.open();
    await goLive(page);
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Sign in to your desktop' }).waitFor();
    expect(await page.evaluate(() => window.harness.players.at(-1)?.isClosed)).toBe(true);
    await page.context().close();
  });
});

describe('control of the desktop', () => {
  test('one who waits for it sends input, and the bar says who has it', async () => {
    const { page } = await harness.open();
    await enter(page, 'open');
    const show = (role: 'controller' | 'viewer', mayControl: boolean) =>
      page.evaluate(
        ([who, may, desktop]) => {
          window.harness.players
            .at(-1)
            ?.state({ phase: 'live', role: who, mayControl: may, desktop });
        },
        [role, mayControl, DESKTOP] as const,
      );
    await show('viewer', true);
    await page.getByText('Watching').waitFor();
    await page.mouse.click(640, 400);
    expect((await takeSent(page)).some(({ type }) => type === 'button')).toBe(true);
    await show('controller', true);
    await page.getByText('Live', { exact: true }).waitFor();
    await show('viewer', false);
    await page.getByText('View only').waitFor();
    await takeSent(page);
    await page.mouse.click(640, 400);
    expect(await takeSent(page)).toEqual([]);
    await page.context().close();
  });

  test('a connection that is live again is told what is held', async () => {
    const { page } = await harness.open();
    await goLive(page);
    await expect.poll(() => focused(page)).toMatch(/^Remote desktop/);
    await page.evaluate(() => window.harness.players.at(-1)?.state({ phase: 'reconnecting' }));
    await page.getByText('Connection lost. Reconnecting…').waitFor();
    await takeSent(page);
    await page.evaluate(() =>
      window.harness.players.at(-1)?.state({ phase: 'live', role: 'controller' }),
    );
    await page.getByText('Live', { exact: true }).waitFor();
    expect((await takeSent(page))[0]).toEqual({ type: 'heldKeys', codes: [], buttons: 0 });
    await page.context().close();
  });
});

describe('controls by keyboard', () => {
  test('the desktop has the focus; Ctrl+Alt+Shift leads to the controls, Tab through them and back', async () => {
    const { page } = await harness.open();
    await goLive(page);
    await expect.poll(() => focused(page)).toMatch(/^Remote desktop/);
    await page.keyboard.down('Control');
    await page.keyboard.down('Alt');
    await page.keyboard.down('Shift');
    await page.keyboard.up('Shift');
    expect(await focused(page)).toBe('Mute');
    await page.keyboard.up('Alt');
    await page.keyboard.up('Control');
    const order: string[] = [];
    for (let step = 0; step < 4; step += 1) {
      await page.keyboard.press('Tab');
      order.push((await focused(page)).slice(0, 14));
    }
    expect(order).toEqual(['Statistics', 'Fullscreen', 'Settings', 'Remote desktop']);
    const released = (await takeSent(page)).filter((event) => event.type === 'key');
    expect(released.filter(({ pressed }) => pressed)).toHaveLength(3);
    expect(released.filter(({ pressed }) => !pressed)).toHaveLength(3);
    await page.context().close();
  });

  test('the statistics come and go by their key, which the desktop does not get, and by Escape', async () => {
    const { page } = await harness.open();
    await goLive(page);
    await expect.poll(() => focused(page)).toMatch(/^Remote desktop/);
    const region = page.getByRole('region', { name: 'Statistics' });
    await page.keyboard.press('Control+Alt+Shift+KeyS');
    await region.getByText('Encode', { exact: true }).waitFor();
    expect(await focused(page)).toMatch(/^Remote desktop/);
    const codes = (await takeSent(page)).flatMap((event) =>
      event.type === 'key' && event.pressed ? [event.code] : [],
    );
    // Left Ctrl, Alt and Shift of evdev, and no S.
    expect(codes.sort((a, b) => a - b)).toEqual([29, 42, 56]);
    await page.keyboard.press('Control+Alt+Shift+KeyS');
    await region.waitFor({ state: 'hidden' });

    const button = page.getByRole('button', { name: 'Statistics', exact: true });
    await page.mouse.move(640, 2);
    await button.click();
    expect(await button.getAttribute('aria-expanded')).toBe('true');
    await button.focus();
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Close statistics');
    await page.keyboard.press('Escape');
    await region.waitFor({ state: 'hidden' });
    await expect.poll(() => focused(page)).toMatch(/^Remote desktop/);
    await page.context().close();
  });

  test('the settings keep the focus inside, close with Escape and give it back to the desktop', async () => {
    const { page } = await harness.open();
    await goLive(page);
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Settings' });
    await dialog.waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    expect(await focused(page)).not.toMatch(/^Remote desktop/);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await expect.poll(() => focused(page)).toMatch(/^Remote desktop/);
    await page.context().close();
  });

  test('every control has a name', async () => {
    const { page } = await harness.open(PHONE);
    await goLive(page);
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    const unnamed = await page.evaluate(() => {
      const found: string[] = [];
      const visit = (root: Document | ShadowRoot): void => {
        for (const element of root.querySelectorAll<HTMLElement>('*')) {
          if (element.shadowRoot) visit(element.shadowRoot);
          if (!element.matches('button, input, textarea, a')) continue;
          const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
          const name = [
            element.getAttribute('aria-label'),
            element.textContent,
            labels[0]?.textContent,
          ];
          const isHidden = element.getAttribute('aria-hidden') === 'true';
          if (!isHidden && !name.some((text) => text?.trim())) found.push(element.outerHTML);
        }
      };
      visit(document);
      return found;
    });
    expect(unnamed).toEqual([]);
    await page.context().close();
  });
});

describe('sharing', () => {
  test('an invite link can be made and copied', async () => {
    const { page } = await harness.open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await goLive(page);
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await page.getByRole('button', { name: 'Create an invite link' }).click();
    const link = await page.getByLabel('Invite link').inputValue();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
    await page.context().close();
  });

  test('a viewer cannot invite, and sends nothing', async () => {
    const { page } = await harness.open();
    await goLive(page, 'viewer');
    await page.mouse.click(640, 400);
    await page.keyboard.press('a');
    expect(await takeSent(page)).toEqual([]);
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    expect(await page.getByRole('button', { name: 'Create an invite link' }).count()).toBe(0);
    await page.context().close();
  });
});

describe('pointer', () => {
  const windows = [
    { width: 1280, height: 800, ratio: 1 },
    { width: 1001, height: 613, ratio: 1.25 },
    { width: 500, height: 900, ratio: 2 },
  ];

  test.each(windows)(
    '$width×$height at $ratio hits the exact pixel',
    async ({ width, height, ratio }) => {
      const { page } = await harness.open({
        viewport: { width, height },
        deviceScaleFactor: ratio,
      });
      await goLive(page);
      const box = await page.locator('oriel-desktop-view canvas').boundingBox();
      if (box === null) throw new Error('canvas: expected a box');
      for (const [x, y] of [
        [0, 0],
        [1279, 719],
        [640, 361],
        [17, 703],
      ] as const) {
        await takeSent(page);
        const clientX = box.x + ((x + 0.5) / DESKTOP.width) * box.width;
        const clientY = box.y + ((y + 0.5) / DESKTOP.height) * box.height;
        await page.mouse.click(clientX, clientY);
        const sent = (await takeSent(page)).filter(({ type }) => type !== 'heldKeys');
        expect(sent.filter(({ type }) => type === 'pointerAbsolute').at(-1)).toEqual({
          type: 'pointerAbsolute',
          x,
          y,
        });
        expect(sent.filter(({ type }) => type === 'button')).toEqual([
          { type: 'button', button: 0, pressed: true },
          { type: 'button', button: 0, pressed: false },
        ]);
      }
      await page.context().close();
    },
  );

  test('a movement is sent at once, without a button', async () => {
    const { page } = await harness.open();
    await goLive(page);
    await takeSent(page);
    await page.mouse.move(320, 180);
    await expect.poll(() => takeSent(page)).toEqual([{ type: 'pointerAbsolute', x: 320, y: 180 }]);
    await page.context().close();
  });

  test('a press in the empty border is not sent, one just outside the picture is', async () => {
    const { page } = await harness.open({ viewport: { width: 500, height: 900 } });
    await goLive(page);
    await takeSent(page);
    await page.mouse.click(250, 850);
    expect((await takeSent(page)).some(({ type }) => type === 'button')).toBe(false);
    const box = await page.locator('oriel-desktop-view canvas').boundingBox();
    await page.mouse.click(250, (box?.y ?? 0) + (box?.height ?? 0) + 5);
    expect((await takeSent(page)).some(({ type }) => type === 'button')).toBe(true);
    await page.context().close();
  });

  test('right button, chord, wheel: no menu, the right events', async () => {
    const { page } = await harness.open();
    await goLive(page);
    await page.mouse.move(640, 400);
    await takeSent(page);
    await page.mouse.down({ button: 'left' });
    await page.mouse.down({ button: 'right' });
    await page.mouse.up({ button: 'left' });
    await page.mouse.up({ button: 'right' });
    const buttons = (await takeSent(page)).filter((event) => event.type === 'button');
    expect(buttons.map(({ button, pressed }) => (pressed ? '+' : '-') + String(button))).toEqual([
      '+0',
      '+2',
      '-0',
      '-2',
    ]);
    await page.mouse.wheel(0, 100);
    await expect.poll(() => takeSent(page)).toContainEqual({ type: 'wheel', dx: 0, dy: 120 });
    await page.context().close();
  });

  test('the desktop’s pointer becomes the cursor', async () => {
    const { page, problems } = await harness.open();
    await goLive(page);
    await page.evaluate(() => window.harness.players.at(-1)?.cursor(24));
    const cursor = (): Promise<string> =>
      page.locator('oriel-desktop-view .surface').evaluate((surface) => surface.style.cursor);
    await expect.poll(cursor).toMatch(/^url\("blob:.*"\) 3 4, default$/);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a tap on a phone is a click', async () => {
    const { page } = await harness.open(PHONE);
    await goLive(page);
    await takeSent(page);
    await page.touchscreen.tap(180, 370);
    const sent = await takeSent(page);
    expect(sent.filter(({ type }) => type === 'button')).toHaveLength(2);
    await page.context().close();
  });
});

describe('keyboard', () => {
  test('keys go with code and keysym, repeats do not, browser shortcuts are kept away', async () => {
    const { page } = await harness.open();
    await goLive(page);
    await expect.poll(() => focused(page)).toMatch(/^Remote desktop/);
    await takeSent(page);
    await page.keyboard.down('Control');
    await page.keyboard.down('s');
    await page.keyboard.down('s');
    await page.keyboard.up('s');
    await page.keyboard.up('Control');
    expect((await takeSent(page)).filter(({ type }) => type === 'key')).toEqual([
      { type: 'key', code: 29, keysym: 0xffe3, pressed: true },
      { type: 'key', code: 31, keysym: 0x73, pressed: true },
      { type: 'key', code: 31, keysym: 0x73, pressed: false },
      { type: 'key', code: 29, keysym: 0xffe3, pressed: false },
    ]);
    await page.keyboard.press('Tab');
    expect(await focused(page)).toMatch(/^Remote desktop/);
    await page.context().close();
  });

  test('text of an input method arrives as text', async () => {
    const { page } = await harness.open();
    await goLive(page);
    await expect.poll(() => focused(page)).toMatch(/^Remote desktop/);
    await takeSent(page);
    await page.keyboard.insertText('日本語');
    expect(await takeSent(page)).toContainEqual({ type: 'text', text: '日本語' });
    await page.context().close();
  });

  test('held keys are repeated in a snapshot and released when the focus goes', async () => {
    const { page } = await harness.open();
    await goLive(page);
    await expect.poll(() => focused(page)).toMatch(/^Remote desktop/);
    await takeSent(page);
    await page.keyboard.down('a');
    const snapshots = async (): Promise<InputEvent[]> =>
      (await takeSent(page)).filter(({ type }) => type === 'heldKeys');
    await expect
      .poll(snapshots, { timeout: 3000 })
      .toEqual([{ type: 'heldKeys', codes: [30], buttons: 0 }]);
    await page.evaluate(() => window.dispatchEvent(new Event('blur')));
    expect(await takeSent(page)).toContainEqual({
      type: 'key',
      code: 30,
      keysym: 0x61,
      pressed: false,
    });
    await page.context().close();
  });
});

describe('reconnecting', () => {
  test('the old picture stays, dimmed, and a new connection brings it back', async () => {
    const { page } = await harness.open();
    await goLive(page);
    await page.evaluate(() => window.harness.players.at(-1)?.state({ phase: 'reconnecting' }));
    await page.getByRole('status').getByText('Connection lost. Reconnecting…').waitFor();
    const view = page.locator('oriel-desktop-view');
    expect(await view.getAttribute('dimmed')).toBe('');
    expect((await page.locator('oriel-desktop-view canvas').boundingBox())?.width).toBe(1280);
    await page.evaluate(() => window.harness.players.at(-1)?.state({ phase: 'live' }));
    await expect.poll(() => view.getAttribute('dimmed')).toBeNull();
    await page.context().close();
  });

  test('a desktop that does not answer is said so over its still picture, until it is back', async () => {
    const { page } = await harness.open();
    await goLive(page);
    const words = page.getByRole('status').getByText('The desktop does not answer');
    await page.evaluate(() => window.harness.players.at(-1)?.stream({ isAway: true }));
    await words.waitFor();
    expect(await page.locator('oriel-desktop-view').getAttribute('dimmed')).toBe('');
    await page.evaluate(() => window.harness.players.at(-1)?.stream({}));
    await words.waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('an ended connection can be opened again with a new player', async () => {
    const { page } = await harness.open();
    await goLive(page);
    await page.evaluate(() => window.harness.players.at(-1)?.state({ phase: 'ended' }));
    await page.getByRole('button', { name: 'Connect again' }).click();
    await expect.poll(() => page.evaluate(() => window.harness.players.length)).toBe(2);
    expect(await page.evaluate(() => window.harness.players[0]?.isClosed)).toBe(true);
    await page.context().close();
  });
});

test('sound that waits for a gesture starts with the first click, and says so until then', async () => {
  const { page } = await harness.open();
  await goLive(page);
  await page.evaluate(() => window.harness.players.at(-1)?.stats(18, 'suspended'));
  const hint = page.getByRole('button', { name: 'Click for sound' });
  await hint.waitFor();
  await page.mouse.click(640, 400);
  await hint.waitFor({ state: 'detached' });
  await page.context().close();
});
