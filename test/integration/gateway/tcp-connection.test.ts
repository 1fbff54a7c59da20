import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { tcpStats, useBbr } from '../../../server/transport/tcp-connection.ts';

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Both ends of a connection over loopback. */
async function connection(): Promise<{ readonly own: Socket; readonly far: Socket }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const far = connect(address.port, '127.0.0.1');
  const [own] = await accepted;
  closers.push(() => {
    own.destroy();
    far.destroy();
    server.close();
  });
  return { own, far };
}

/** What the kernel says of a connection. */
function congestionOf(socket: Socket): string {
  const program = 'open(my $t, "+<&=3") or die; print unpack("Z*", getsockopt($t, 6, 13))';
  const { _handle: handle } = socket as unknown as { readonly _handle: { readonly fd: number } };
  const stdio = ['ignore', 'pipe', 'inherit', handle.fd] as const;
  return spawnSync('perl', ['-e', program], { stdio: [...stdio], encoding: 'utf8' }).stdout;
}

const available = readFileSync('/proc/sys/net/ipv4/tcp_available_congestion_control', 'utf8');

it.runIf(available.includes('bbr'))('a connection gets BBR, and carries on', async () => {
  const { own, far } = await connection();
  expect(await useBbr(own)).toBeUndefined();
  expect(congestionOf(own)).toBe('bbr');
  own.end('still here');
  expect(String((await once(far, 'data'))[0])).toBe('still here');
});

it('the kernel tells what it counted', async () => {
  const { own, far } = await connection();
  own.write('a segment with data');
  await once(far, 'data');
  const { rttUs = 0, lostPackets = -1, sentPackets = 0 } = await tcpStats(own);
  // Microseconds of a loopback, within a generous second.
  expect(rttUs).toBeGreaterThan(0);
  expect(rttUs).toBeLessThan(1e6);
  // A busy kernel may have sent it twice.
  expect(sentPackets).toBe(1 + lostPackets);
});

it('one that is over stays as it is, and the reason is told', async () => {
  const { own } = await connection();
  own.destroy();
  expect(await useBbr(own)).toMatch(/no TCP connection/);
  expect(await tcpStats(own)).toEqual({});
});
