import type { SimulatorOptions } from './options.js';
import { SimulatorError } from './simulator-error.js';

export const SIMULATOR_USAGE = `promregator simulate [--applications=8 --instances=2 …]

  A Cloud Foundry on loopback: API, UAA, router and applications over HTTP and HTTPS.

  --organizations=N     how many organizations (3)
  --spaces=N            how many spaces in all (5)
  --applications=N      how many applications in all (8)
  --instances=N         how many instances each application has (2)
  --body-bytes=N        about how large an exposition is (2000)
  --seed=N              same seed and numbers, same world (1)
  --api-version=V       version of the API, which decides what it can (3.228.0)
  --scheme=https|http   of API and UAA (https)
  --username=NAME       the user that may see everything (promregator)
  --password=TEXT       its password (simulated)
  --rate-limit=N        requests an hour and user; without it there is no limit
  --address=ADDRESS     where it listens (127.0.0.1)
  --port=N              port for https to API, UAA and applications (any free one)
  --http-port=N         port for http to the same (any free one)
  --control-port=N      port of the control endpoint (any free one)
`;

const NUMBERS = {
  '--organizations': 'organizations',
  '--spaces': 'spaces',
  '--applications': 'applications',
  '--instances': 'instances',
  '--body-bytes': 'bodyBytes',
  '--seed': 'seed',
} as const;

const TEXTS = {
  '--api-version': 'apiVersion',
  '--username': 'username',
  '--password': 'password',
  '--address': 'address',
} as const;

const PORTS = { '--port': 'https', '--http-port': 'http', '--control-port': 'control' } as const;

type Collected = { -readonly [Key in keyof SimulatorOptions]: SimulatorOptions[Key] };

/** Reads `--name=value` arguments; throws a `SimulatorError` that names what it does not understand. */
export function parseSimulatorArguments(args: readonly string[]): SimulatorOptions {
  const options: Collected = {};
  for (const argument of args) {
    const equals = argument.indexOf('=');
    const name = equals < 0 ? argument : argument.slice(0, equals);
    const value = equals < 0 ? undefined : argument.slice(equals + 1);
    readArgument(options, name, value);
  }
  demandRoom(options);
  return options;
}

function readArgument(options: Collected, name: string, value: string | undefined): void {
  if (!isKnown(name)) throw invalid(`there is no option ${name}: --help lists those that there are`);
  if (value === undefined || value === '') throw invalid(`${name} needs a value: ${name}=…`);
  if (isKey(NUMBERS, name)) options[NUMBERS[name]] = wholeNumber(name, value);
  else if (isKey(TEXTS, name)) options[TEXTS[name]] = value;
  else if (isKey(PORTS, name)) options.ports = { ...options.ports, [PORTS[name]]: port(name, value) };
  else if (name === '--rate-limit') options.rateLimit = { generalLimit: wholeNumber(name, value) };
  else if (value === 'http' || value === 'https') options.scheme = value;
  else throw invalid(`${name} is http or https, not ${value}`);
}

function isKnown(name: string): boolean {
  return (
    isKey(NUMBERS, name) || isKey(TEXTS, name) || isKey(PORTS, name) || name === '--rate-limit' || name === '--scheme'
  );
}

function isKey<T extends object>(table: T, name: string): name is Extract<keyof T, string> {
  return Object.hasOwn(table, name);
}

function wholeNumber(name: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw invalid(`${name} takes a whole number, not '${value}'`);
  return Number(value);
}

function port(name: string, value: string): number {
  const number = wholeNumber(name, value);
  if (number > 65_535) throw invalid(`${name} takes a port up to 65535, not ${value}`);
  return number;
}

/** Spaces need an organization, applications a space. */
function demandRoom(options: SimulatorOptions): void {
  if (options.organizations === 0 && options.spaces !== 0)
    throw invalid('--organizations=0 leaves no place for spaces: add --spaces=0');
  if (options.spaces === 0 && options.applications !== 0)
    throw invalid('--spaces=0 leaves no place for applications: add --applications=0');
}

function invalid(sentence: string): SimulatorError {
  return new SimulatorError('invalid', sentence);
}
