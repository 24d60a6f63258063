/**
 * How a request to an instance ended: `whole`; `cut`, its answer broke off, by whichever side; `elsewhere`, there was no
 * answer, so the router asked another instance; `failed`, there was none, and the client was told so; `left`, the client did not
 * wait for one.
 */
export type RoutedEnd = 'whole' | 'cut' | 'elsewhere' | 'failed' | 'left';

/** One request that the router has brought to a real process. */
export interface RoutedRequest {
  /** Path and query, as sent. */
  readonly target: string;
  /** As it is now. `asked`: nothing has come back so far. `answering`: the head has, and the answer is being passed on. */
  readonly state: 'asked' | 'answering' | RoutedEnd;
}

export interface RunningRequest {
  answering(): void;
  end(how: RoutedEnd): void;
}

/** What the router has under way with each real process. */
export interface RoutedRequests {
  begin(instanceGuid: string, target: string): RunningRequest;
  /** Those that are under way with an instance, oldest first, and all that begin from now on: the list grows. */
  watch(instanceGuid: string): readonly RoutedRequest[];
}

export function createRoutedRequests(): RoutedRequests {
  const underWay = new Map<string, Set<RoutedRequest>>();
  const watched = new Map<string, RoutedRequest[]>();
  return {
    begin(instanceGuid, target) {
      const request: { target: string; state: RoutedRequest['state'] } = { target, state: 'asked' };
      const ofInstance = underWay.get(instanceGuid) ?? new Set();
      underWay.set(instanceGuid, ofInstance.add(request));
      watched.get(instanceGuid)?.push(request);
      return {
        answering() {
          request.state = 'answering';
        },
        end(how) {
          request.state = how;
          ofInstance.delete(request);
          if (ofInstance.size === 0 && underWay.get(instanceGuid) === ofInstance) underWay.delete(instanceGuid);
        },
      };
    },
    watch(instanceGuid) {
      const list = watched.get(instanceGuid) ?? [...(underWay.get(instanceGuid) ?? [])];
      watched.set(instanceGuid, list);
      return list;
    },
  };
}
