/** Columns of the level, so that messages start in one column. */
const LEVEL_WIDTH = 5;

/** ANSI colours (ECMA-48, SGR) of the levels. */
const COLORS: Readonly<Record<string, string>> = {
  debug: '\u001b[90m',
  info: '\u001b[32m',
  warn: '\u001b[33m',
  error: '\u001b[31m',
};
const DIM = '\u001b[2m';
const RESET = '\u001b[0m';

/**
 * Turns one JSON log line into `14:03:22.123 info  message  key=value`, with the stack of an error below it.
 * A line that is no JSON object is returned as it is.
 */
export function prettyLine(json: string, { color }: { readonly color: boolean }): string {
  const line = parseObject(json);
  if (line === undefined) return json;
  const { time, level, message, ...fields } = line;
  const name = typeof level === 'string' ? level : '';
  const paint = (code: string | undefined, text: string): string =>
    color && code !== undefined ? `${code}${text}${RESET}` : text;

  const stacks: string[] = [];
  const shown = Object.entries(fields).map(([key, value]) => {
    const stack = stackOf(value);
    if (stack !== undefined) stacks.push(stack);
    return `${paint(DIM, `${key}=`)}${show(value)}`;
  });
  const clock = typeof time === 'string' ? localTime(time) : '';
  const head = `${paint(DIM, clock)} ${paint(COLORS[name], name.padEnd(LEVEL_WIDTH))} ${asText(message)}`;
  return `${[head, ...shown].join('  ').trimEnd()}\n${stacks.map((stack) => `${indent(stack)}\n`).join('')}`;
}

function parseObject(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function localTime(time: string): string {
  const date = new Date(time);
  const two = (value: number): string => value.toString().padStart(2, '0');
  return (
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}` +
    `.${date.getMilliseconds().toString().padStart(3, '0')}`
  );
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Text without blanks stands bare; everything else as JSON; an error by its message, since its stack follows. */
function show(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return value;
  if (typeof value === 'object' && value !== null && 'stack' in value && 'message' in value) {
    return JSON.stringify(value.message);
  }
  return JSON.stringify(value);
}

function stackOf(value: unknown): string | undefined {
  const hasStack = typeof value === 'object' && value !== null && 'stack' in value;
  return hasStack && typeof value.stack === 'string' ? value.stack : undefined;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
