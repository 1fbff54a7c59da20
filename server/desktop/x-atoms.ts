import type { XConnection } from './x-connection.ts';

/** The numbers that this X server gives to names, in their order. */
export async function internAtoms<const Names extends readonly string[]>(
  connection: XConnection,
  names: Names,
): Promise<Readonly<Record<Names[number], number>>> {
  const numbers = await Promise.all(names.map(async (name) => internAtom(connection, name)));
  const pairs = names.map((name, at) => [name, numbers[at] ?? 0]);
  return Object.fromEntries(pairs) as Record<Names[number], number>;
}

function internAtom(connection: XConnection, name: string): Promise<number> {
  const { client } = connection;
  // The package would answer with the number that another X server gave this name.
  client.atoms[name] = 0;
  return connection.ask<number>((reply) => client.InternAtom(false, name, reply));
}
