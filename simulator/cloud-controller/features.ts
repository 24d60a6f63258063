/** What an API version has; the numbers are the first versions to have it (facts 1 to 3). */
export interface Features {
  readonly version: string;
  readonly embedsProcessInstances: boolean;
  readonly suspendedSpaces: boolean;
  readonly routable: boolean;
  readonly instanceGuid: boolean;
  readonly stopping: boolean;
  readonly routeOptions: boolean;
  readonly rateLimitsInInfo: boolean;
  /** Cloud Foundry on Kubernetes: its root document looks otherwise. */
  readonly korifi: boolean;
}

export function featuresOf(version: string): Features {
  const minor = minorOf(version);
  return {
    version,
    embedsProcessInstances: minor >= 211,
    suspendedSpaces: minor >= 224,
    routable: minor >= 151,
    instanceGuid: minor >= 191,
    stopping: minor >= 168,
    routeOptions: minor >= 183,
    rateLimitsInInfo: minor >= 200,
    korifi: version.endsWith('+cf-k8s'),
  };
}

function minorOf(version: string): number {
  const match = /^3\.(\d+)\./.exec(version);
  return match === null ? 0 : Number(match[1]);
}
