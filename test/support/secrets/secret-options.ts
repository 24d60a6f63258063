import { formatPath, type Path } from '../../../src/config/path.js';
import { rootShape } from '../../../src/config/root-shape.js';
import { optionsOf, resolvePath } from '../../../src/config/shape.js';

/** An option that the schema marks as secret; items of lists are the first of them. */
export interface SecretOption {
  /** `promregator.targetAuthenticators[0].basic.password` */
  readonly name: string;
  readonly path: Path;
  /** Only as a switch of Java and in files, never in the environment. */
  readonly javaSwitch: boolean;
  /** The name of the file's twin beside it; undefined where there is none. */
  readonly twin: string | undefined;
}

/** All of them, as the schema has them. */
export function secretOptions(): readonly SecretOption[] {
  const root = rootShape();
  return optionsOf(root)
    .filter(({ leaf }) => leaf.secret)
    .map(({ path, leaf }) => {
      const around = resolvePath(root, path.slice(0, ownLength(path) - 1)).shape;
      const own = path[ownLength(path) - 1];
      const twins = around?.kind === 'object' ? around.twins : new Map<string, string>();
      const twin = [...twins].find(([, name]) => name === own)?.[0];
      return { name: formatPath(path), path, javaSwitch: leaf.javaSwitch, twin };
    });
}

/** An item of a list of secrets is named by its list. */
function ownLength(path: Path): number {
  return typeof path.at(-1) === 'number' ? path.length - 1 : path.length;
}

/** Whether an option such as `foundations[3].password` is that of the schema. */
export function isOption(name: string, { name: option }: SecretOption): boolean {
  return name.replace(/\[\d+\]/g, '[0]') === option;
}
