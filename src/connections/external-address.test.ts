import { expect, it } from 'vitest';
import { externalAddress, isExternal } from './external-address.ts';

it.each([
  '1.1.1.1',
  '9.255.255.255',
  '11.0.0.1',
  '172.15.0.1',
  '172.32.0.1',
  '223.255.255.255',
  '2606:4700::1',
])('reaches %s', async (address) => {
  expect(isExternal(address)).toBe(true);
  expect(await externalAddress(address)).toBe(address);
});

it.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '169.254.169.254',
  '172.31.255.255',
  '192.168.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  'fd00::1',
  'fe80::1',
])('does not reach %s', async (address) => {
  expect(isExternal(address)).toBe(false);
  await expect(externalAddress(address)).rejects.toThrow('Address resolved to a private IP.');
});

it('does not reach this machine by name', async () => {
  await expect(externalAddress('localhost')).rejects.toThrow('Address resolved to a private IP.');
});
