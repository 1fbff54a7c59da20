/** The page around the receiving worker: it starts it and passes on what it measured. */
import type { FromReceiver, Received, ToReceiver } from './receiver.worker.ts';

/** What the benchmark calls in the page. */
export interface TransportPage {
  /** Everything since the last call. */
  take(): Promise<Received>;
}

const worker = new Worker(new URL('./receiver.worker.ts', import.meta.url), { type: 'module' });
const send = (message: ToReceiver): void => worker.postMessage(message);
const waiting: ((received: Received) => void)[] = [];

worker.onmessage = (event: MessageEvent<FromReceiver>) => waiting.shift()?.(event.data);
worker.onerror = (event) => {
  throw new Error(`worker: ${event.message}`);
};

const transportPage: TransportPage = {
  take: () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      send({ type: 'take' });
    }),
};
Object.assign(globalThis, { transportPage });
send({ type: 'start', page: location.href });
