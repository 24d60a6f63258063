import { CodedError, describeError, errorCode } from '../base/errors.js';
import { withoutSecrets } from '../base/without-secrets.js';
import { StoreError, type StoreErrorCode } from './replica-store.js';

/** First words of what a server answers (redis.io/docs, "Errors"); within a script they may stand behind others. */
const ANSWERS: readonly (readonly [RegExp, StoreErrorCode])[] = [
  [/\bOOM\b/, 'full'],
  [/\b(?:READONLY|MISCONF|NOREPLICAS)\b/, 'read_only'],
  [/\b(?:NOAUTH|WRONGPASS|NOPERM|AUTH|invalid password|operation not permitted)\b/, 'denied'],
  [/\b(?:LOADING|MASTERDOWN|CLUSTERDOWN)\b/, 'away'],
  [/\bBUSY\b/, 'late'],
];

/** What the client says of a connection, by the class of its error; the words are its own, and tell an operator little. */
const CONNECTION_WORDS: ReadonlyMap<string, string> = new Map([
  ['ConnectionTimeoutError', 'it did not answer in time'],
  ['SocketClosedUnexpectedlyError', 'the connection was closed by the other side'],
]);

/** What the client says where we have let go of the connection. */
const OWN_ENDS: ReadonlySet<string> = new Set(['DisconnectsClientError', 'ClientClosedError', 'ClientOfflineError']);

/** Whether a step ended since its connection was given up here, for the reason of another one. */
export function isOfOurOwn(error: unknown): boolean {
  return error instanceof Error && OWN_ENDS.has(error.constructor.name);
}

/**
 * What the client says of an error, in our words; `what` was tried completes "the store does not do it". A server may
 * quote what it was sent, so `secrets` are taken out.
 */
export function storeError(error: unknown, what: string, secrets: readonly string[]): StoreError {
  if (error instanceof StoreError) return error;
  const sentence = withoutSecrets(withoutArguments(wordsOf(error)), secrets);
  if (!isAnswer(error)) return new StoreError('away', `${what} failed: ${sentence}`, { cause: causeOf(error) });
  const code = ANSWERS.find(([pattern]) => pattern.test(sentence))?.[1] ?? 'answer';
  return new StoreError(code, `${what} was answered: ${sentence}`);
}

function wordsOf(error: unknown): string {
  const words = error instanceof Error ? CONNECTION_WORDS.get(error.constructor.name) : undefined;
  if (words !== undefined) return words;
  if (isOfOurOwn(error)) return 'the connection was given up';
  // OpenSSL's sentence for an answer that is no TLS is of a version, and of its source code.
  if (errorCode(error) === 'ERR_SSL_WRONG_VERSION_NUMBER') return 'it does not speak TLS there';
  return describeError(error);
}

/** Answers are errors of the client's classes without a code; what Node says of a connection has one. */
function isAnswer(error: unknown): boolean {
  if (!(error instanceof Error) || errorCode(error) !== undefined) return false;
  return ANSWER_CLASSES.has(error.constructor.name);
}

const ANSWER_CLASSES: ReadonlySet<string> = new Set(['ErrorReply', 'SimpleError', 'BlobError']);

/** A server that does not know a command shows its arguments, which may be a password. */
function withoutArguments(sentence: string): string {
  return sentence.replace(/,? with args beginning with:.*$/s, '');
}

/** Only its code: its sentence has been told, cut where it has to be. */
function causeOf(error: unknown): CodedError | undefined {
  const code = errorCode(error);
  return code === undefined ? undefined : new CodedError(code, code);
}
