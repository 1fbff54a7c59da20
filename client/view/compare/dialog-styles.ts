import { css } from 'lit';
import { sheet, sheetOnPhone } from '../sheet-styles.ts';

const own = css`
  dialog {
    width: min(62rem, calc(100% - 24px));
    max-height: calc(100dvh - 24px);
    margin: auto;
  }

  dialog::backdrop {
    background: rgb(5 7 10 / 45%);
  }

  /* While something runs the picture is what one wants to see. */
  dialog.busy {
    width: min(34rem, calc(100% - 24px));
    margin: auto auto max(16px, env(safe-area-inset-bottom));
  }

  dialog.busy::backdrop {
    background: transparent;
  }

  @keyframes enter {
    from {
      opacity: 0;
      transform: translateY(18px);
    }
  }

  header {
    justify-content: space-between;
    gap: 12px;
    padding: 8px 12px 0 14px;
  }

  .tabs {
    display: flex;
    gap: 4px;
    min-width: 0;
  }

  .tabs button {
    min-height: 44px;
    padding: 0 10px;
    border: 0;
    border-bottom: 2px solid transparent;
    background: transparent;
    color: var(--text-soft);
    font-weight: 600;
    white-space: nowrap;
  }

  .tabs button[aria-selected='true'] {
    border-bottom-color: var(--accent);
    color: var(--text);
  }

  .content {
    min-height: 0;
    padding: 20px 22px 22px;
    overflow: auto;
  }

  dialog.busy .content {
    padding: 14px 18px;
  }

  @media (max-width: 520px) {
    dialog {
      max-height: 94dvh;
    }

    dialog.busy {
      width: 100%;
      margin: auto 0 0;
    }

    header {
      gap: 4px;
      padding: 8px 6px 0 9px;
    }

    .tabs {
      gap: 0;
    }

    .tabs button {
      padding: 0 7px;
      font-size: 0.93rem;
    }

    .content {
      padding: 16px;
    }
  }
`;

/** Styles of the compare sheet; see compare-dialog.ts. */
export const dialogStyles = [sheet, own, sheetOnPhone];
