/**
 * Asks the gateway of this machine whether it is well, as container runtimes do: ends with 0 when /healthz answers 200, else with
 * 1 and the reason. Reads the same configuration as the gateway.
 */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { loadConfig } from './config/load.ts';
import { isLoopback } from './http/origin-policy.ts';

/** A gateway that takes longer is not well, in ms. */
const TIMEOUT_MS = 4_000;

const outcome = loadConfig({ argv: process.argv.slice(2), env: process.env });
if (outcome.type !== 'run') process.exit(0);
const { listen, tls } = outcome.config;
const isSecure =
  tls.certificateFile !== undefined || (!isLoopback(listen.host) && !listen.plainHttp);
const host = isLoopback(listen.host) ? listen.host : '127.0.0.1';
const request = isSecure ? httpsRequest : httpRequest;

const failed = (reason: string): void => {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
};

request(
  // The question stays on this machine, and the certificate is of another name.
  { host, port: listen.port, path: '/healthz', rejectUnauthorized: false, timeout: TIMEOUT_MS },
  (response) => {
    response.setEncoding('utf8');
    let text = '';
    response.on('data', (chunk: string) => (text += chunk));
    response.on('end', () => {
      process.stdout.write(`${text}\n`);
      process.exit(response.statusCode === 200 ? 0 : 1);
    });
  },
)
  .on('timeout', () => failed(`no answer within ${TIMEOUT_MS} ms`))
  .on('error', (error) => failed(error.message))
  .end();
