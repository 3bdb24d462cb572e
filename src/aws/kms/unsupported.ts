/**
 * Operations of KMS that need what is not here: asymmetric and HMAC keys, grants, imported material, custom key stores and
 * keys of several regions. They are refused by name, so that nobody takes them for misspelt.
 */
import { structure } from '../protocol/shape.ts';
import type { Fields } from '../protocol/operation.ts';
import type { ServiceOperation } from '../protocol/service.ts';
import { unsupportedOperation } from './errors.ts';

const NAMES = [
  'ConnectCustomKeyStore',
  'CreateCustomKeyStore',
  'CreateGrant',
  'Decapsulate',
  'DeleteCustomKeyStore',
  'DeleteImportedKeyMaterial',
  'DeriveSharedSecret',
  'DescribeCustomKeyStores',
  'DisconnectCustomKeyStore',
  'Encapsulate',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateMac',
  'GetKeyLastUsage',
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
    unsupported: true,
    readOnly: /^(?:Describe|Get|List|Verify)/.test(name),
    run() {
      throw unsupportedOperation(`${name} is not supported.`);
    },
  };
}

export const UNSUPPORTED: Readonly<Record<string, ServiceOperation>> = Object.fromEntries(
  NAMES.map((name) => [name, refusing(name)]),
);

/** Members that ask for what is not here. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  CreateKey: ['CustomKeyStoreId', 'XksKeyId'],
  Decrypt: ['Recipient', 'DryRunModifiers'],
  GenerateDataKey: ['Recipient'],
  GenerateRandom: ['CustomKeyStoreId', 'Recipient'],
  ReEncrypt: ['DryRunModifiers'],
};

/** Throws UnsupportedOperation for a request with such a member. */
export function refuseMembers(operation: string, input: Fields): void {
  for (const member of REFUSED[operation] ?? []) {
    if (input[member] !== undefined)
      throw unsupportedOperation(`${member} of ${operation} is not supported.`);
  }
}
