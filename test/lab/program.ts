import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Namespace } from './namespace.ts';

/** A program of this folder, running inside a namespace; it speaks JSON, one value a line. */
export interface LabProgram {
  /** The next line that it prints, or printed already; rejects when it ends without one. */
  next(): Promise<unknown>;
  /** Closes its standard input, which means "come to an end", and waits until it has ended. */
  end(): Promise<void>;
}

/** Starts `test/lab/<file>` under this Node in a namespace, or behind another launcher. */
export function startProgram(
  { launcher }: Pick<Namespace, 'launcher'>,
  file: string,
  args: readonly (string | number)[],
): LabProgram {
  const [command = '', ...prefix] = launcher;
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(command, [...prefix, process.execPath, path, ...args.map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => undefined);
  const closed = once(child, 'close');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    next: async () => {
      const line = await lines.next();
      if (line.done === true) throw new Error(`${file} ${args.join(' ')}: ended without an answer`);
      return JSON.parse(line.value) as unknown;
    },
    end: async () => {
      child.stdin.end();
      await closed;
    },
  };
}

/** Calls back when standard input ends: the other end of `LabProgram.end`. */
export function onEnd(stop: () => void): void {
  process.stdin.on('end', stop).resume();
}

/** Prints one value for `LabProgram.next`. */
export function answer(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
