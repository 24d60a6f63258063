import type { ChildProcess } from 'node:child_process';

/** The next message of a child process. @throws when it ends first */
export function nextAnswer<T>(child: ChildProcess, name: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const listen = (message: T): void => {
      child.off('exit', leave);
      resolve(message);
    };
    const leave = (code: number | null): void => {
      child.off('message', listen);
      reject(new Error(`${name} ended with ${code}`));
    };
    child.once('message', listen);
    child.once('exit', leave);
  });
}
