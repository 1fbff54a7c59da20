import { XConnection } from '../../server/desktop/x-connection.ts';

/** Predefined atoms of the property and of its type (X Window System Protocol, appendix B; ICCCM, section 4.1.2.5). */
const WM_CLASS = 67;
const STRING = 31;

/** Words of the property that are read. */
const MAX_WORDS = 32;

/** What somebody who types on a desktop has to know of it. */
export class TypingDesktop {
  readonly #connection: XConnection;

  private constructor(connection: XConnection) {
    this.#connection = connection;
  }

  /** From then on no key repeats: a busy machine holds keys down for longer than the 400 ms after which they would. */
  static async open(env: Readonly<Record<string, string>>): Promise<TypingDesktop> {
    const { DISPLAY: display = '', XAUTHORITY: authority = '' } = env;
    const connection = await XConnection.open({ display, authority });
    connection.client.ChangeKeyboardControl({ autoRepeatMode: 0 });
    await connection.sync();
    return new TypingDesktop(connection);
  }

  /** Instance and class of the window that has the keyboard; empty where none has. */
  async focusedClass(): Promise<string> {
    const { client } = this.#connection;
    try {
      const { focus } = await this.#connection.ask<{ readonly focus: number }>((reply) =>
        client.GetInputFocus(reply),
      );
      const { data } = await this.#connection.ask<{ readonly data: Buffer }>((reply) =>
        client.GetProperty(0, focus, WM_CLASS, STRING, 0, MAX_WORDS, reply),
      );
      return data.toString('latin1');
    } catch {
      // The window went while it was asked for, or none has the keyboard.
      return '';
    }
  }

  close(): void {
    this.#connection.close();
  }
}
