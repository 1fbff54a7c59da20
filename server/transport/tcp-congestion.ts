import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Asks the kernel for BBR on the connection that is descriptor 3: IPPROTO_TCP is 6, TCP_CONGESTION 13 (linux/tcp.h). Node has no call for
 * it, and an addon for one call would be machine code in the gateway; perl-base is on every Debian ("Essential: yes").
 */
const PROGRAM = 'open(my $tcp, "+<&=3") or exit 1; setsockopt($tcp, 6, 13, "bbr") or exit 2';

/** Where perl is looked for: the gateway's own settings are none of its business. */
const PATH = '/usr/bin:/bin';

/** Milliseconds for a program that takes 15 (measured). */
const TIMEOUT_MS = 5_000;

/**
 * Gives an open TCP connection the congestion control BBR, which losses do not slow down; any user may, where the kernel has it loaded.
 * Resolves with why not, in one sentence; undefined when it holds. Never rejects.
 */
export function useBbr(socket: Socket): Promise<string | undefined> {
  const descriptor = descriptorOf(socket);
  if (process.platform !== 'linux' || descriptor === undefined)
    return Promise.resolve('It is no TCP connection of a Linux kernel.');
  return new Promise((resolve) => {
    const child = spawn('perl', ['-e', PROGRAM], {
      env: { PATH },
      // The kernel's object is the same, whoever has a descriptor of it.
      stdio: ['ignore', 'ignore', 'ignore', descriptor],
      timeout: TIMEOUT_MS,
    });
    child.once('error', () => resolve('There is no perl on this machine to ask for it.'));
    child.once('exit', (code) =>
      resolve(code === 0 ? undefined : 'The kernel has no BBR loaded (modprobe tcp_bbr).'),
    );
  });
}

/** Node tells it of no socket by a documented name; of a TLS connection it is the one below. */
function descriptorOf(socket: Socket): number | undefined {
  const { _handle: handle } = socket as { readonly _handle?: { readonly fd?: unknown } | null };
  const descriptor = handle?.fd;
  return typeof descriptor === 'number' && descriptor >= 0 ? descriptor : undefined;
}
