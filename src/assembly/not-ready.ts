import { describeError } from '../base/errors.js';
import type { ApiError, ApiErrorCode } from '../foundation/api-error.js';
import { RESOURCE_KINDS } from '../foundation/resources.js';
import type { Foundation } from './foundation.js';
import type { Foundations } from './foundations.js';

/** Why there are no targets of a foundation, or of the first that lacks its lists: for whoever may see the targets. */
export function reasonNotReady(foundations: Foundations, name?: string): string {
  const foundation = lackingOf(foundations, name);
  const of = foundations.all.length > 1 && foundation !== undefined ? ` of foundation ${foundation.name}` : '';
  const error = errorOf(foundation);
  return `There is no complete list of targets${of} yet: ${error === undefined ? READING : describeError(error)}.`;
}

/** The same for anybody who asks whether we are ready: no name, no address, nobody else's words. */
export function openReasonNotReady(foundations: Foundations): string {
  const error = errorOf(lackingOf(foundations));
  const reason = error === undefined ? READING : `${OPEN_REASONS[error.code]}; /discovery and the log say more`;
  return `There is no complete list of targets yet: ${reason}.`;
}

const READING = 'its lists are being read';

const OPEN_REASONS: Readonly<Record<ApiErrorCode, string>> = {
  api_unreachable: 'the API of Cloud Foundry gives no complete answer',
  api_status: 'the API of Cloud Foundry answers with an error',
  api_paused: 'the API of Cloud Foundry limits our requests',
  api_answer: 'the API of Cloud Foundry answers with something other than lists',
  login_refused: 'Cloud Foundry refuses the login',
  login_failed: 'no token can be had from Cloud Foundry',
  list_incomplete: 'lists of Cloud Foundry change while they are read',
};

function lackingOf({ all }: Foundations, name?: string): Foundation | undefined {
  return all.find((each) => each.name === name) ?? all.find(({ inventory }) => inventory === undefined) ?? all[0];
}

function errorOf(foundation: Foundation | undefined): ApiError | undefined {
  return RESOURCE_KINDS.map((kind) => foundation?.refresher.lists[kind].error).find((each) => each !== undefined);
}
