import { X509Certificate } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { loadUserCertificate } from '../../certs/user-certificate.ts';
import type { Config } from '../config/schema.ts';
import { isLoopback } from '../http/origin-policy.ts';
import { fail, hint, ok, textOf, type Check, type Finding } from './finding.ts';

type Found = Omit<Finding, 'check'>;

/** Before the end of a certificate's time: long enough to renew one by hand. Days. */
const EXPIRY_DAYS = 14;
const DAY_MS = 86_400_000;

interface Port {
  readonly host: string;
  readonly port: number;
  /** The flag that chooses another. */
  readonly flag: string;
}

/** Whether the ports are free. */
export function portCheck({ listen, metrics, webTransport }: Config): Check {
  const main = { ...listen, flag: '--port' };
  return {
    name: 'ports',
    run: async () => [
      await canListen('TCP', main),
      ...(webTransport.enabled ? [await canListen('UDP', main)] : []),
      ...(metrics.enabled ? [await canListen('TCP', { ...metrics, flag: '--metrics-port' })] : []),
    ],
  };
}

async function canListen(kind: 'TCP' | 'UDP', { host, port, flag }: Port): Promise<Found> {
  const where = `${kind} port ${port} of ${host}`;
  if (port === 0) return ok(`any free ${kind} port is taken.`);
  try {
    await (kind === 'TCP' ? tryTcp : tryUdp)(host, port);
    return ok(`${where} is free.`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') {
      return fail(
        `${where} is taken: end the program that has it, or choose another with ${flag}.`,
      );
    }
    if (code === 'EACCES') {
      return fail(`${where} needs privileges: choose one of at least 1024 with ${flag}.`);
    }
    return fail(`${where} cannot be had: ${textOf(error)}; choose an address of this machine.`);
  }
}

async function tryTcp(host: string, port: number): Promise<void> {
  const server = createServer().listen({ host, port });
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

async function tryUdp(host: string, port: number): Promise<void> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.bind({ port, address: host });
  await once(socket, 'listening');
  socket.close();
}

/** Whether browsers will take the certificate for HTTPS. */
export function certificateCheck({ tls, listen }: Config): Check {
  return {
    name: 'certificate',
    run: async () => {
      const { certificateFile, keyFile } = tls;
      if (certificateFile !== undefined && keyFile !== undefined) {
        const now = new Date();
        const { certPem } = await loadUserCertificate({ certificateFile, keyFile, now });
        return judge(new X509Certificate(certPem), listen.publicOrigins, now);
      }
      return isLoopback(listen.host)
        ? [ok('none is needed on a loopback address.')]
        : [
            hint(
              'one is made at each start, which browsers warn of; give your own with --tls-certificate-file and --tls-key-file.',
            ),
          ];
    },
  };
}

function judge(
  certificate: X509Certificate,
  origins: readonly string[],
  now: Date,
): readonly Found[] {
  const end = certificate.validToDate;
  const days = Math.floor((end.getTime() - now.getTime()) / DAY_MS);
  const foreign = origins
    .map((origin) => new URL(origin).hostname)
    .filter((name) => certificate.checkHost(name) === undefined);
  return [
    days < EXPIRY_DAYS
      ? hint(`it ends in ${days} days: renew it; the gateway reads the new files by itself.`)
      : ok(`it fits its key and is valid until ${end.toISOString().slice(0, 10)}.`),
    ...foreign.map((name) => fail(`it is not for ${name}: get one that names that host.`)),
  ];
}
