/** What the settings panel and the compare sheet have in common. */
import { css } from 'lit';

/** A dialog beside or over the picture, with a header; whose styles follow give it place, size and an animation named `enter`. */
export const sheet = css`
  dialog {
    display: flex;
    flex-direction: column;
    max-width: none;
    padding: 0;
    border: 1px solid var(--line);
    border-radius: 18px;
    background: var(--surface);
    box-shadow: var(--shadow);
    color: var(--text);
    overflow: hidden;
    overscroll-behavior: contain;
  }

  dialog:not([open]) {
    display: none;
  }

  dialog[open] {
    animation: enter 220ms cubic-bezier(0.3, 0.7, 0.2, 1);
  }

  header {
    display: flex;
    align-items: center;
    border-bottom: 1px solid var(--line);
  }
`;

/** The same on a phone, from its lower edge up. To come last: it is stronger than place and size. */
export const sheetOnPhone = css`
  @media (max-width: 520px) {
    dialog {
      width: 100%;
      margin: auto 0 0;
      border-width: 1px 0 0;
      border-radius: 18px 18px 0 0;
    }
  }
`;

/** Captions of groups of controls. */
export const captions = css`
  legend,
  h3 {
    margin: 0;
    padding: 0;
    color: var(--text-soft);
    font-size: 0.8rem;
    font-weight: 600;
    letter-spacing: 0.04em;
    text-transform: uppercase;
  }
`;
