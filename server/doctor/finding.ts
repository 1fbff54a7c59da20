/** How a check ended: `hint` works and could be better, `fail` keeps Oriel, or a part that was asked for, from working. */
export type Level = 'ok' | 'hint' | 'fail';

/** What one check found: one sentence, with what to do where something is to be done. */
export interface Finding {
  readonly check: string;
  readonly level: Level;
  readonly text: string;
}

/** A check by its name; may throw, which counts as a failure. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<readonly Omit<Finding, 'check'>[]>;
}

/** All is well. */
export const ok = (text: string) => ({ level: 'ok', text }) as const;
/** It works, and could be better. */
export const hint = (text: string) => ({ level: 'hint', text }) as const;
/** Something has to be repaired. */
export const fail = (text: string) => ({ level: 'fail', text }) as const;

/** Runs checks one after the other; a check that throws is a finding, not an end. */
export async function runChecks(checks: readonly Check[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { name, run } of checks) {
    try {
      findings.push(...(await run()).map((found) => ({ check: name, ...found })));
    } catch (error) {
      findings.push({ check: name, ...fail(textOf(error)) });
    }
  }
  return findings;
}

/** The words of an error, its first line. */
export function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}

const marks: Readonly<Record<Level, string>> = { ok: 'ok  ', hint: 'hint', fail: 'FAIL' };

/** One line per finding, and a last one that counts. */
export function reportText(findings: readonly Finding[]): string {
  const width = Math.max(0, ...findings.map(({ check }) => check.length));
  const lines = findings.map(
    ({ level, check, text }) => `${marks[level]}  ${check.padEnd(width)}  ${text}`,
  );
  const failures = findings.filter(({ level }) => level === 'fail').length;
  const verdict = failures === 0 ? 'Oriel can run here.' : `${failures} to repair.`;
  return `${[...lines, '', verdict].join('\n')}\n`;
}
