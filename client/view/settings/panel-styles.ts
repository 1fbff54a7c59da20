import { css } from 'lit';
import { captions, sheet, sheetOnPhone } from '../sheet-styles.ts';

const own = css`
  dialog {
    width: min(25rem, 100%);
    height: calc(100dvh - 24px);
    max-height: none;
    margin: 12px 12px 12px auto;
  }

  /* The picture stays as it is: one looks at it while a setting changes. */
  dialog::backdrop {
    background: transparent;
  }

  @keyframes enter {
    from {
      opacity: 0;
      transform: translateX(24px);
    }
  }

  header {
    gap: 12px;
    padding: 14px 14px 14px 22px;
  }

  h2 {
    flex: 1;
    margin: 0;
    font-size: 1.1rem;
    font-weight: 650;
    letter-spacing: -0.01em;
  }

  .sections {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    gap: 30px;
    flex: 1;
    padding: 20px 22px 26px;
    overflow: hidden auto;
    scrollbar-width: thin;
    scroll-padding-block: 16px;
  }

  .title {
    display: flex;
    align-items: center;
    justify-content: space-between;
    min-height: 28px;
    margin-bottom: 10px;
  }

  .reset {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    min-height: 28px;
    padding: 0 8px;
    /* Its words end where the controls below do. */
    margin-right: -8px;
    border: 0;
    border-radius: 8px;
    background: transparent;
    color: var(--accent);
    font-size: 0.84rem;
    font-weight: 550;
  }

  .reset:hover {
    background: var(--raised);
  }

  .reset[aria-disabled='true'] {
    background: transparent;
    color: var(--text-soft);
    cursor: default;
    opacity: 0.5;
  }

  .reset svg {
    width: 15px;
    height: 15px;
  }

  @media (pointer: coarse) {
    .reset {
      min-height: 40px;
    }
  }

  @media (max-width: 520px) {
    dialog {
      height: auto;
      max-height: 72dvh;
    }

    @keyframes enter {
      from {
        opacity: 0;
        transform: translateY(24px);
      }
    }
  }
`;

/** Styles of the settings panel; see settings-panel.ts. */
export const panelStyles = [sheet, captions, own, sheetOnPhone];
