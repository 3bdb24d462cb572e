/**
 * Operations of KMS that need what is not here: asymmetric and HMAC keys, grants, imported material, custom key stores and
 * keys of several regions. They are refused by name, so that nobody takes them for misspelt.
 */
import { structure } from '../protocol/shape.ts';
import type { ServiceOperation } from '../protocol/service.ts';
import { unsupportedOperation } from './errors.ts';

const NAMES = [
  'ConnectCustomKeyStore',
  'CreateCustomKeyStore',
  'CreateGrant',
  'DeleteCustomKeyStore',
  'DeleteImportedKeyMaterial',
  'DeriveSharedSecret',
  'DescribeCustomKeyStores',
  'DisconnectCustomKeyStore',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateMac',
  'GetParametersForImport',
  'GetPublicKey',
  'ImportKeyMaterial',
  'ListGrants',
  'ListRetirableGrants',
  'ReplicateKey',
  'RetireGrant',
  'RevokeGrant',
  'Sign',
  'UpdateCustomKeyStore',
  'UpdatePrimaryRegion',
  'Verify',
  'VerifyMac',
] as const;

function refusing(name: string): ServiceOperation {
  return {
    shape: structure({}),
    readOnly: /^(?:Describe|Get|List|Verify)/.test(name),
    run() {
      throw unsupportedOperation(`${name} is not supported.`);
    },
  };
}

export const UNSUPPORTED: Readonly<Record<string, ServiceOperation>> = Object.fromEntries(
  NAMES.map((name) => [name, refusing(name)]),
);
