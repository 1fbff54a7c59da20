import type { Browser, Page } from 'playwright-core';
import { openLink, type OpenedPage, type PageOptions } from './chromium.ts';
import { openTcpPath } from './tcp-path.ts';
import { UdpRelay } from './udp-relay.ts';

/** A page whose connection to the gateway can be cut without either end being told. */
export interface BreakablePage extends OpenedPage {
  /** From now on nothing of the present connection passes, in either direction; a new connection gets through. */
  cut(): Promise<void>;
  /** Ends the paths; the page is closed by its owner. */
  release(): Promise<void>;
}

/** Opens a link through a path of its own: a forwarded port for WebSocket, a relay of datagrams for WebTransport. */
export async function openBreakable(
  browser: Browser,
  link: string,
  transport: NonNullable<PageOptions['transport']>,
  options: BreakableOptions = {},
): Promise<BreakablePage> {
  return transport === 'websocket'
    ? openThroughTcp(browser, link)
    : openThroughUdp(browser, link, options);
}

/** How a page behind a relay of datagrams is opened. */
export interface BreakableOptions {
  /** Whether it may use WebTransport only; true when absent. */
  readonly isPinned?: boolean;
  /** Seconds until it tries WebTransport again. */
  readonly upgradeSeconds?: number;
}

async function openThroughTcp(browser: Browser, link: string): Promise<BreakablePage> {
  const url = new URL(link);
  const path = await openTcpPath(Number(url.port));
  url.port = String(path.port);
  const opened = await openLink(browser, url.href, { transport: 'websocket' });
  return {
    ...opened,
    cut: () => {
      path.goDark({ upgradedOnly: true });
      return Promise.resolve();
    },
    release: () => path.close(),
  };
}

async function openThroughUdp(
  browser: Browser,
  link: string,
  { isPinned = true, upgradeSeconds }: BreakableOptions,
): Promise<BreakablePage> {
  const url = new URL(link);
  const gatewayPort = Number(url.port);
  if (upgradeSeconds !== undefined) url.searchParams.set('upgrade', String(upgradeSeconds));
  const relays = [await UdpRelay.open(gatewayPort)];
  const opened = await openLink(browser, url.href, {
    ...(isPinned && { transport: 'webtransport' }),
    prepare: (page) => offerUdpPort(page, () => relays.at(-1)?.port ?? 0),
  });
  return {
    ...opened,
    cut: async () => {
      for (const relay of relays) {
        relay.toClient = 'drop';
        relay.toServer = 'drop';
      }
      relays.push(await UdpRelay.open(gatewayPort));
    },
    release: () => {
      for (const relay of relays) relay.close();
      return Promise.resolve();
    },
  };
}

/** Makes the page believe that the gateway's WebTransport listens on another port. */
export function offerUdpPort(page: Page, port: () => number): Promise<unknown> {
  return page.route('**/api/ticket', async (route) => {
    const response = await route.fetch();
    if (!response.ok()) return route.fulfill({ response });
    const offer = (await response.json()) as { readonly webTransport: object };
    const webTransport = { ...offer.webTransport, port: port() };
    return route.fulfill({ response, json: { ...offer, webTransport } });
  });
}
