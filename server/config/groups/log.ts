import { z } from 'zod';

/** What is logged, and in which form. */
export const log = z
  .strictObject({
    level: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .default('info')
      .describe('The least level that is written.'),
    output: z
      .enum(['stderr', 'stdout'])
      .default('stderr')
      .describe('Standard stream of the log; the link goes to the other one.'),
    format: z
      .enum(['auto', 'json', 'pretty'])
      .default('auto')
      .describe('Form of the log: auto is pretty on a terminal and JSON elsewhere.'),
  })
  .prefault({})
  .meta({ title: 'Log' });
