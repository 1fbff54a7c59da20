import { css } from 'lit';

/** Styles of the compare sheet; see compare-dialog.ts. */
export const dialogStyles = css`
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
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
    padding: 8px 12px 0 14px;
    border-bottom: 1px solid var(--line);
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
      width: 100%;
      max-height: 94dvh;
      margin: auto 0 0;
      border-width: 1px 0 0;
      border-radius: 18px 18px 0 0;
    }

    dialog.busy {
      width: 100%;
      margin: auto 0 0;
    }

    header {
      padding-left: 6px;
    }

    .content {
      padding: 16px;
    }
  }
`;
