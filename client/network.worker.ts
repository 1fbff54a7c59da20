/**
 * The network worker: everything between the wire and the two outputs. What it does is in network/network-session.ts; here are the
 * messages of the page.
 */
import type { FromNetworkWorker, ToNetworkWorker } from './network/network-messages.ts';
import { NetworkSession } from './network/network-session.ts';

function toPage(message: FromNetworkWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

let session: NetworkSession | undefined;

self.onmessage = (event: MessageEvent<ToNetworkWorker>) => {
  const message = event.data;
  switch (message.type) {
    case 'start':
      session ??= new NetworkSession(message, toPage);
      void session.run(message);
      break;
    case 'offer':
      session?.offerCodecs(message);
      break;
    case 'sound':
      session?.changeSound(message.link);
      break;
    case 'input':
      session?.sendInput(message);
      break;
    case 'putClipboard':
      session?.putClipboard(message);
      break;
    case 'choose':
      void session?.choose(message);
      break;
    case 'settings':
      session?.change(message);
      break;
    case 'ask':
      void session?.ask(message);
      break;
    case 'hasten':
      session?.hasten();
      break;
    case 'measure':
      session?.measure(message);
      break;
    case 'arrivals':
      session?.reportArrivals(message.request);
      break;
    case 'close':
      session?.close();
      self.close();
      break;
  }
};
