/** The AWS door through SDKs in other languages, each with a program under aws/clients, with signatures checked. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROGRAMS, runProgram, STEPS } from './aws/clients/programs.ts';
import { startSetting, type Setting } from './aws/clients/setting.ts';

describe('AWS clients in other languages', () => {
  let setting: Setting;
  beforeEach(async () => {
    setting = await startSetting();
  });
  afterEach(() => setting.stop());

  for (const { name, command, installed, without = {} } of PROGRAMS) {
    const missing = installed ? '' : ' (not installed)';
    it.skipIf(!installed)(
      `${name} does all that it can with secrets and keys${missing}`,
      async () => {
        setting.network.next('lost', 'throttled');
        const run = await runProgram(command, setting.environment);
        expect(run.exitCode, run.output).toBe(0);
        expect(run.version, run.output).not.toBe('');
        expect(run.steps).toEqual(STEPS.filter((step) => !Object.hasOwn(without, step)));
      },
      180_000,
    );
  }
});
