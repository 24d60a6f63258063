import { oneLine } from '../base/errors.js';
import type { DirectoryFilter } from '../discovery/directory-filter.js';

const FILTER_PARAMETERS = ['org', 'space', 'application'] as const;

/** `?org=a&org=b&space=c`, or the sentence that says what is wrong with it. */
export function readFilter(query: string): DirectoryFilter | undefined | { readonly problem: string } {
  if (query === '') return undefined;
  const parameters = new URLSearchParams(query);
  const unknown = [...parameters.keys()].find((name) => !FILTER_PARAMETERS.some((known) => known === name));
  if (unknown !== undefined) {
    return {
      problem: `'${oneLine(unknown).slice(0, 40)}' is no parameter here; there are ${FILTER_PARAMETERS.join(', ')}, each repeatable.`,
    };
  }
  return {
    organizations: parameters.getAll('org'),
    spaces: parameters.getAll('space'),
    applications: parameters.getAll('application'),
  };
}
