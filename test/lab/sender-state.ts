/** What the gateway's debug log says about the sender of one viewer (server/session/sender-log.ts). */
export interface SenderRecord {
  /** `[at, age]`: ms of the measurement, and the age of the oldest message that the sender held in the 50 ms before, ms. */
  readonly backlog: readonly (readonly [number, number])[];
  /** `[at, bits per second]`: what the sender asked of the encoder. */
  readonly target: readonly (readonly [number, number])[];
  /** Messages dropped in the measurement, by reason; reasons without any are left out. */
  readonly dropped: Readonly<Record<string, number>>;
}

interface Line {
  readonly atMs: number;
  readonly connection: string;
  readonly backlogMs: readonly number[];
  readonly targetBps: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** How far apart the looks of a line are, ms. */
const LOOK_MS = 50;

/** When the measurement was, milliseconds since 1970. */
export interface Span {
  readonly beginMs: number;
  readonly endMs: number;
}

/**
 * One record for each of `viewers` in the order of their first lines. A single viewer has all lines, whatever its connections were: it
 * may move between transports.
 */
export function senderRecords(
  log: readonly string[],
  viewers: number,
  span: Span,
): readonly SenderRecord[] {
  const lines = log.flatMap(parse);
  if (viewers === 1) return [recordOf(lines, span)];
  const connections = [...new Set(lines.map(({ connection }) => connection))];
  return Array.from({ length: viewers }, (_, index) =>
    recordOf(
      lines.filter(({ connection }) => connection === connections[index]),
      span,
    ),
  );
}

function parse(text: string): readonly Line[] {
  if (!text.includes('"sender state"')) return [];
  const { time, ...line } = JSON.parse(text) as Omit<Line, 'atMs'> & { readonly time: string };
  return [{ ...line, atMs: Date.parse(time) }];
}

function recordOf(lines: readonly Line[], { beginMs, endMs }: Span): SenderRecord {
  const isInside = ([atMs]: readonly [number, number]): boolean =>
    atMs >= 0 && atMs <= endMs - beginMs;
  const backlog = lines.flatMap(({ atMs, backlogMs }) =>
    backlogMs.map((age, index) => {
      const before = (backlogMs.length - 1 - index) * LOOK_MS;
      return [atMs - before - beginMs, age] as const;
    }),
  );
  const target = lines.map(({ atMs, targetBps }) => [atMs - beginMs, targetBps] as const);
  return {
    backlog: backlog.filter(isInside),
    target: target.filter(isInside),
    dropped: droppedIn(lines, { beginMs, endMs }),
  };
}

/** Each connection counts from its own beginning. */
function droppedIn(lines: readonly Line[], { beginMs, endMs }: Span): SenderRecord['dropped'] {
  const dropped: Record<string, number> = {};
  const before = new Map<string, Line['dropped']>();
  for (const line of lines) {
    if (line.atMs > endMs) continue;
    const earlier = before.get(line.connection) ?? {};
    before.set(line.connection, line.dropped);
    if (line.atMs <= beginMs) continue;
    for (const [reason, count] of Object.entries(line.dropped)) {
      const step = count - (earlier[reason] ?? 0);
      if (step > 0) dropped[reason] = (dropped[reason] ?? 0) + step;
    }
  }
  return dropped;
}
