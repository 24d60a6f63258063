import type { SerializedError } from 'vitest';
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node';

/**
 * Ends a run with one line, `N passed, N failed`, of the runner's own counts. A file that does not load and an error that
 * nobody caught are failures; so is a test that was skipped, since none may pass that way.
 */
export class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[], reason: TestRunEndReason): void {
    let passed = 0;
    let failed = unhandled.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else failed += 1;
        if (state === 'skipped' || state === 'pending')
          process.stdout.write(`not run: ${module.moduleId} > ${test.fullName}\n`);
      }
    }
    if (failed > 0 || reason !== 'passed') process.exitCode = 1;
    process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  }
}
