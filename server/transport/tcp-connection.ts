import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { TransportStats } from './transport.ts';

/**
 * What the kernel is asked of the connection that is descriptor 3. IPPROTO_TCP is 6, TCP_CONGESTION 13 and TCP_INFO 11 (linux/tcp.h); of
 * `struct tcp_info` the smoothed round trip in microseconds stands at byte 68, all retransmissions at 100 and all segments with data at 156.
 * Node has no call for either, and an addon for one call would be machine code in the gateway; perl-base is on every Debian
 * ("Essential: yes").
 */
const OPEN = 'open(my $tcp, "+<&=3") or exit 1; ';
const USE_BBR = `${OPEN}setsockopt($tcp, 6, 13, "bbr") or exit 2`;
const TELL = `${OPEN}print join " ", unpack("x68 L x28 L x52 L", getsockopt($tcp, 6, 11))`;

/** Where perl is looked for: the gateway's own settings are none of its business. */
const PATH = '/usr/bin:/bin';

/** Milliseconds for a program that takes 15 (measured). */
const TIMEOUT_MS = 5_000;

/** How such a program ended; its output, where it did what it was to. */
type Outcome =
  | { readonly type: 'done'; readonly output: string }
  | { readonly type: 'failed'; readonly reason: string };

/**
 * Gives an open TCP connection the congestion control BBR, which losses do not slow down; any user may, where the kernel has it loaded.
 * Resolves with why not, in one sentence; undefined when it holds. Never rejects.
 */
export async function useBbr(socket: Socket): Promise<string | undefined> {
  const outcome = await ask(socket, USE_BBR);
  return outcome.type === 'done' ? undefined : outcome.reason;
}

/** What the kernel counted of an open TCP connection; nothing where it cannot be asked. Never rejects. */
export async function tcpStats(socket: Socket): Promise<TransportStats> {
  const outcome = await ask(socket, TELL);
  if (outcome.type === 'failed') return {};
  const [rttUs, lostPackets, sentPackets] = outcome.output.split(' ').map(Number);
  if (rttUs === undefined || lostPackets === undefined || sentPackets === undefined) return {};
  return { rttUs, lostPackets, sentPackets };
}

function ask(socket: Socket, program: string): Promise<Outcome> {
  const failed = (reason: string): Outcome => ({ type: 'failed', reason });
  const descriptor = descriptorOf(socket);
  if (process.platform !== 'linux' || descriptor === undefined)
    return Promise.resolve(failed('It is no TCP connection of a Linux kernel.'));
  return new Promise((resolve) => {
    const child = spawn('perl', ['-e', program], {
      env: { PATH },
      // The kernel's object is the same, whoever has a descriptor of it.
      stdio: ['ignore', 'pipe', 'ignore', descriptor],
      timeout: TIMEOUT_MS,
    });
    let output = '';
    child.stdout?.setEncoding('latin1').on('data', (text: string) => (output += text));
    child.once('error', () => resolve(failed('There is no perl on this machine to ask for it.')));
    child.once('close', (code) => {
      if (code === 0) resolve({ type: 'done', output });
      else resolve(failed('The kernel has no BBR loaded (modprobe tcp_bbr).'));
    });
  });
}

/** Node tells it of no socket by a documented name; of a TLS connection it is the one below. */
function descriptorOf(socket: Socket): number | undefined {
  const { _handle: handle } = socket as { readonly _handle?: { readonly fd?: unknown } | null };
  const descriptor = handle?.fd;
  return typeof descriptor === 'number' && descriptor >= 0 ? descriptor : undefined;
}
