import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { once } from 'node:events';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { makeCertificate, type Certificate } from '../../../certs/certificate.ts';
import { HttpsCertificate } from '../../../server/http/https-certificate.ts';
import { keptLog } from '../../support/webtransport-server.ts';
import { ask, startApp } from './app-under-test.ts';

const made = (now = new Date()): Promise<Certificate> =>
  makeCertificate({ hosts: ['desk.example'], now });

describe('reload of the https certificate', () => {
  let directory: string;
  let count: number;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'oriel-reload-'));
    count = 0;
  });
  afterEach(() => rm(directory, { recursive: true }));

  /** Puts a pair where a secret is mounted: a new directory, and the link `..data` swapped to it in one rename. */
  const mount = async ({ certPem, keyPem }: Pick<Certificate, 'certPem' | 'keyPem'>) => {
    const version = `..version-${++count}`;
    await mkdir(join(directory, version));
    await writeFile(join(directory, version, 'tls.crt'), certPem);
    await writeFile(join(directory, version, 'tls.key'), keyPem);
    await symlink(version, join(directory, '..data_tmp'));
    await rename(join(directory, '..data_tmp'), join(directory, '..data'));
    if (count > 1) return;
    await symlink('..data/tls.crt', join(directory, 'tls.crt'));
    await symlink('..data/tls.key', join(directory, 'tls.key'));
  };
  const open = async (log = keptLog()): Promise<HttpsCertificate> => {
    const https = await HttpsCertificate.open(
      {
        tls: {
          certificateFile: join(directory, 'tls.crt'),
          keyFile: join(directory, 'tls.key'),
        },
        listen: { host: '0.0.0.0', port: 0, publicOrigins: [], plainHttp: false },
      },
      log,
    );
    if (https === undefined) throw new Error('expected a certificate, got none');
    return https;
  };

  it('takes a pair that was swapped in by a link, as Kubernetes does it', async () => {
    const first = await made();
    const second = await made();
    await mount(first);
    const https = await open();
    expect(await https.look(new Date())).toBeUndefined();
    await mount(second);
    expect(await https.look(new Date())).toEqual(second);
    expect(await https.look(new Date())).toBeUndefined();
  });

  it('keeps the old pair while the new one is broken, and tells so once', async () => {
    const log = keptLog();
    const first = await made();
    await mount(first);
    const https = await open(log);
    const second = await made();
    const warnings = (): number => log.lines.filter(({ level }) => level === 'warn').length;
    // A certificate whose key has not been written yet is no news.
    await mount({ certPem: second.certPem, keyPem: first.keyPem });
    expect(await https.look(new Date())).toBeUndefined();
    expect(warnings()).toBe(0);
    await https.look(new Date());
    await https.look(new Date());
    expect(warnings()).toBe(1);
    expect(https.shown).toEqual(first);
    await unlink(join(directory, 'tls.crt'));
    await https.look(new Date());
    await https.look(new Date());
    expect(warnings()).toBe(2);
    await symlink('..data/tls.crt', join(directory, 'tls.crt'));
    await mount(second);
    expect(await https.look(new Date())).toEqual(second);
  });

  it('makes a certificate of its own anew a day before its end', async () => {
    const tls = { certificateFile: undefined, keyFile: undefined };
    const listen = { host: '0.0.0.0', port: 0, publicOrigins: [], plainHttp: false };
    const https = await HttpsCertificate.open({ tls, listen }, keptLog());
    const end = https?.shown.notAfter.getTime() ?? 0;
    expect(await https?.look(new Date(end - 90_000_000))).toBeUndefined();
    expect((await https?.look(new Date(end - 80_000_000)))?.notAfter.getTime()).toBeGreaterThan(
      end,
    );
  });

  it('shows new connections the new one, while those that are open stay', async () => {
    const [first, second] = [await made(), await made()];
    const app = await startApp({ tls: first });
    const open = await handshake(app.port);
    expect(fingerprint(open)).toEqual(first.sha256);
    app.app.setCertificate(second);
    const late = await handshake(app.port);
    expect(fingerprint(late)).toEqual(second.sha256);
    open.write(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${app.port}\r\n\r\n`);
    const [answer] = (await once(open, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
    expect((await ask(app.direct, '/healthz')).status).toBe(200);
    open.destroy();
    late.destroy();
    await app.close();
  });
});

async function handshake(port: number): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  return socket;
}

function fingerprint(socket: TLSSocket): Uint8Array {
  const text = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '') ?? '';
  return new Uint8Array(Buffer.from(text, 'hex'));
}
