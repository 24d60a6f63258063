/** A Java expression that cannot be said in JavaScript, or is none. */
export class ExpressionFault extends Error {
  /** Index of the character at fault, from 0. */
  readonly position: number;

  constructor(position: number, reason: string) {
    super(reason);
    this.position = position;
  }
}
