/**
 * `npm run demo`: rehearses a rotation with psql against the built server, a throwaway PostgreSQL and a throwaway
 * bastion, and prints the session. Wants psql and PostgreSQL on the machine; OpenSSH if it is there.
 */
import { importTypeScript } from './import-typescript.js';

const { demo } = await importTypeScript('test/support/demo.ts');
try {
  await demo();
} catch (error) {
  console.error(`The demo stopped: ${error.message}`);
  process.exitCode = 1;
}
