import type { ServerResponse } from 'node:http';
import { respondText } from './respond.js';

/** One answer for whatever is wrong, so that nobody learns which part was right. Always false, as guards say it. */
export function refuseCredentials(response: ServerResponse, challenge: string): false {
  respondText(response, 401, 'Credentials are missing or wrong.', { 'www-authenticate': challenge });
  return false;
}
