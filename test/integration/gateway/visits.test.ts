import { visitsLeaveNothing } from '../../support/visits.ts';

visitsLeaveNothing(['websocket', 'webtransport']);
