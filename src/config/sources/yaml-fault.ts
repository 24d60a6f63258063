import type { TextPlace } from '../origin.js';
import type { ProblemText } from '../report.js';

/** Something that keeps a text from being YAML; the place is empty where it cannot be told. */
export interface YamlFault {
  readonly place: TextPlace;
  readonly text: ProblemText;
}
