import { describeBrowser } from '../../support/browser-plays.ts';
import { miniBrowser } from '../../support/mini-browser.ts';

describeBrowser(miniBrowser, [{ title: 'by itself', rung: 'webCodecs', transport: 'websocket' }]);
