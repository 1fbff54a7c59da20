import { visitsLeaveNothing } from '../../support/visits.ts';

visitsLeaveNothing(['webrtc']);
