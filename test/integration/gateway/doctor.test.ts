import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Finding {
  readonly check: string;
  readonly level: 'ok' | 'hint' | 'fail';
  readonly text: string;
}

interface Report {
  readonly code: number;
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

/** Runs what `npm run doctor -- --json …` runs (docs/operations.md), without the installation before it. */
async function doctor(flags: readonly string[], env: Record<string, string> = {}): Promise<Report> {
  const args = ['server/doctor.ts', '--json', ...flags];
  const options = { cwd: root, env: { ...process.env, ...env }, timeout: 50_000 };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      try {
        const code = typeof error?.code === 'number' ? error.code : 0;
        resolve({ code, ...(JSON.parse(stdout) as Omit<Report, 'code'>) });
      } catch (cause) {
        reject(new Error(`doctor printed no report: ${stderr}`, { cause }));
      }
    });
  });
}

const failures = ({ findings }: Report): readonly string[] =>
  findings.filter(({ level }) => level === 'fail').map(({ check, text }) => `${check}: ${text}`);

test('the doctor finds nothing to repair where the tests run', async () => {
  const report = await doctor(['--source', 'test', '--port', '0']);
  expect(failures(report)).toEqual([]);
  expect([report.code, report.ok]).toEqual([0, true]);
  const encoder = report.findings.find(({ check, level }) => check === 'encoder' && level === 'ok');
  expect(encoder?.text).toMatch(/^\w+ makes h264; these encode here: .*x264enc/);
});

test('the doctor says what is wrong and what to do, in words for each', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const report = await doctor([
    ...['--display', ':4242', '--port', String(port)],
    ...['--client-directory', '/nonexistent/page'],
    ...['--tls-certificate-file', '/nonexistent/a.pem', '--tls-key-file', '/nonexistent/b.pem'],
  ]);
  server.close();
  expect([report.code, report.ok]).toEqual([1, false]);
  const text = failures(report).join('\n');
  expect(text).toMatch(/display: display :4242: .*start the X server/);
  expect(text).toMatch(new RegExp(`ports: TCP port ${port} of 127.0.0.1 is taken: .*--port`));
  expect(text).toMatch(/page: .*npm start builds it/);
  // Both are missing, and read side by side.
  expect(text).toMatch(/certificate: .*[ab]\.pem/);
});

test('the doctor works where nothing is installed, and with settings that are wrong', async () => {
  const bare = await doctor(['--port', '0'], { PATH: '/nonexistent' });
  expect(bare.code).toBe(1);
  expect(failures(bare).join('\n')).toMatch(/gst-inspect-1\.0 is not installed/);
  const wrong = await doctor(['--prot', '1']);
  expect([wrong.code, failures(wrong)[0]]).toEqual([
    1,
    expect.stringMatching(/settings: .*did you mean --port/),
  ]);
});
