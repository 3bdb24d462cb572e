/**
 * The AWS door through the SDKs, with signatures checked: JavaScript's in this process, the others' as programs under
 * aws/clients. Each does the same steps, so that what differs is the client.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openClients, type Clients, type StepTable } from './aws/clients/javascript/clients.ts';
import { LIFE_STEPS } from './aws/clients/javascript/life-steps.ts';
import { PROTOCOL_STEPS } from './aws/clients/javascript/protocol-steps.ts';
import { SECRET_STEPS } from './aws/clients/javascript/secret-steps.ts';
import { PROGRAMS, runProgram, STEPS } from './aws/clients/programs.ts';
import { startSetting, type Setting } from './aws/clients/setting.ts';

describe('JavaScript SDK', () => {
  const steps: StepTable = { ...SECRET_STEPS, ...LIFE_STEPS, ...PROTOCOL_STEPS };
  let clients: Clients;
  beforeAll(async () => {
    clients = openClients(await startSetting());
  });
  afterAll(() => clients.setting.stop());

  it.each(Object.keys(steps))('%s', (name) => steps[name]!(clients), 60_000);

  it('does every step but one: its signer of queries is no part of the client', () => {
    expect(Object.keys(steps)).toEqual(STEPS.filter((step) => step !== 'query signature'));
  });
});

describe('SDKs of other languages', () => {
  let setting: Setting;
  beforeEach(async () => {
    setting = await startSetting();
  });
  afterEach(() => setting.stop());

  for (const { name, command, installed, without = {}, more = [] } of PROGRAMS) {
    const missing = installed ? '' : ' (not installed)';
    it.skipIf(!installed)(
      `${name} does all that it can with secrets and keys${missing}`,
      async () => {
        setting.network.next('lost', 'throttled');
        const run = await runProgram(command, setting.environment);
        expect(run.exitCode, run.output).toBe(0);
        expect(run.version, run.output).not.toBe('');
        const steps = STEPS.filter((step) => !Object.hasOwn(without, step));
        expect(run.steps).toEqual([...steps, ...more]);
      },
      300_000,
    );
  }
});
