import { findings } from './network-findings.ts';
import type { NetworkRun } from './network-run.ts';
import { factorsTable, goalsTable, networkTables } from './network-tables.ts';
import type { Machine } from './report.ts';

/** What the page is made from. */
export interface NetworkResults {
  readonly time: string;
  readonly machine: Machine;
  readonly details: readonly NetworkRun[];
}

/** docs/performance.md, to be formatted. */
export function networkPage({ time, machine, details }: NetworkResults): string {
  const durations = details.flatMap(({ durationMs }) => durationMs ?? []);
  const [least, most] = [Math.min(...durations), Math.max(...durations)].map((ms) =>
    Math.round(ms / 1_000),
  );
  const seconds =
    durations.length === 0 ? 'no time' : least === most ? `${least} s` : `${least} to ${most} s`;
  const lines = details.find((run) => run.lines !== undefined)?.lines ?? 720;
  const failed = details.filter(({ failure }) => failure !== undefined).length;
  const failures = failed === 0 ? '' : `**${failed} runs failed** and are marked so.\n\n`;
  return `# Performance on bad networks

<!-- Made by \`node test/bench/performance-page.ts\` from what \`npm run bench:network\` measured. Do not edit. -->

Measured on ${time.slice(0, 10)}: ${machine.cores} × ${machine.processor}, ${machine.memoryGiB} GiB, Linux ${machine.kernel}, ${machine.system}, Node
${machine.node}. Everything runs on this one machine: the desktop, the encoder (x264), the gateway, the emulated network, and Chromium, which
decodes on the processor. The load column says how busy it was: above ${machine.cores} the figures say more about the machine than about the network.

## Goals

One-way delay of the path and what may come on top are one figure here: 85 ms are 20 ms and 65 ms.

${failures}${goalsTable(details)}
### What is missed, and why

${findings(details)}
## Against other designs

p95 of a rival's video divided by Oriel's on the same path, in the same run of the command. Over 1, Oriel is better.

${factorsTable(details)}
## Method

- The real gateway and real headless Chromium live in network namespaces of their own. A small program (\`test/lab/link.c\`) carries every
  packet between them: one queue with a byte limit, a rate, loss, delay and jitter for each direction, all from one seed. Tests measure its
  delay, rate and loss from outside (\`test/integration/lab\`).
- The queue holds 300 ms of the rate (RFC 8867). TCP uses cubic unless the row says bbr, whatever the machine's default is.
- A program paints moving text and its clock on the private desktop, 1280 × ${lines}, 60 pictures a second, another one plays 1 kHz; the encoder wants 8 Mbit/s. Each run
  takes ${seconds} after warming up, which is 8 s at least on the path with losses, where the gateway may choose another transport. Text scrolls behind the clock; where keyframes of 200 KB are wanted, noise stands still there, coded as VP8,
  because x264 keeps any keyframe within 50 ms of the bitrate.
- The picture is low because the network is to be measured. With 720 lines x264 and Chromium's decoding and drawing by software fill the two
  cores of this machine, whatever the network: a picture of the clean path then takes x264 27 to 43 ms instead of 7, and 17 to 37 instead of 49 pictures
  a second arrive. \`--lines 720\` measures that; glass to glass at 720 and 1080 lines is in [benchmarks.md](benchmarks.md).
- **video** and **audio**: milliseconds from capture until the last byte is at the client. The encoder's time is in it, and so is the path's own
  (one way, in the heading). **glass**: from painted on the desktop to drawn on the canvas. **freezes**: gaps of more than 100 ms between new
  pictures.
- **input**: from the browser's pointer event (20 a second) until a window on the desktop has it. **held**: age of the oldest message that
  the sender has in its queue, or has handed to a stack that has not taken it (WebTransport), or acknowledged it (WebSocket, less the round
  trip), at its worst in each 50 ms; packets of WebRTC leave at once.
- Over WebRTC the page knows no time of capture and sees only what is presented: **video** there is from painted until the last byte is at the
  client, which is more, and **audio** is not measured. The gateway offers WebRTC only where the row says so, as by default it does not.
- **plain**, **selkies** and **rtwebsocket** are synthetic senders of the same frame rate and bitrate over a WebSocket, without capture, encoder and decoder, so
  that their figures are better than those of a whole program: \`plain\` writes each frame at once; \`selkies\` adds selkies' published flow
  control (stop at 2 s behind, acknowledgements every 50 ms, a look every 500 ms); \`rtwebsocket\` adds RTWebSocket's (RFC 7016's flows over a
  WebSocket: a window of bandwidth × (round trip + 50 ms) and 64 KB at least, one sample of both per window, acknowledgements after a
  quarter of it or 250 ms) and the lifetimes of its live server (2 s to begin, 0.1 s more to end).

${networkTables(details)}
## Again

\`\`\`
npm run bench:network                                   # as root; twenty minutes
npm run bench:network -- --quick                        # four minutes, not to be quoted
npm run bench:network -- --scenario step --seconds 60 --lines 720
node test/bench/performance-page.ts                     # this page, from the newest results
\`\`\`
`;
}
