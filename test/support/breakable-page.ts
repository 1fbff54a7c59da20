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
): Promise<BreakablePage> {
  return transport === 'websocket' ? openThroughTcp(browser, link) : openThroughUdp(browser, link);
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

async function openThroughUdp(browser: Browser, link: string): Promise<BreakablePage> {
  const gatewayPort = Number(new URL(link).port);
  const relays = [await UdpRelay.open(gatewayPort)];
  const opened = await openLink(browser, link, {
    transport: 'webtransport',
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
