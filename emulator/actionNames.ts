/**
 * The actions of API 2016-01-20, whether the emulator has them or not: a seed's permissions may name any of them.
 * From the official Python client alibabacloud_kms20160120 3.3.1, and DescribeService from its predecessor.
 */
export const actionNames: ReadonlySet<string> = new Set(
  `
  AdvanceEncrypt AsymmetricDecrypt AsymmetricEncrypt AsymmetricSign AsymmetricVerify CancelKeyDeletion
  CertificatePrivateKeyDecrypt CertificatePrivateKeySign CertificatePublicKeyEncrypt CertificatePublicKeyVerify
  ConnectKmsInstance CreateAlias CreateApplicationAccessPoint CreateCertificate CreateClientKey CreateKey
  CreateKeyVersion CreateNetworkRule CreatePolicy CreateSecret Decrypt DeleteAlias DeleteApplicationAccessPoint
  DeleteCertificate DeleteClientKey DeleteKeyMaterial DeleteNetworkRule DeletePolicy DeleteSecret
  DescribeAccountKmsStatus DescribeApplicationAccessPoint DescribeCertificate DescribeKey DescribeKeyVersion
  DescribeNetworkRule DescribePolicy DescribeRegions DescribeSecret DescribeService DisableKey EnableKey Encrypt
  ExportDataKey GenerateAndExportDataKey GenerateDataKey GenerateDataKeyWithoutPlaintext GetCertificate GetClientKey
  GetKeyPolicy GetKmsInstance GetParametersForImport GetPublicKey GetRandomPassword GetSecretPolicy GetSecretValue
  ImportKeyMaterial ListAliases ListAliasesByKeyId ListApplicationAccessPoints ListClientKeys ListKeyVersions ListKeys
  ListKmsInstances ListNetworkRules ListPolicies ListResourceTags ListSecretVersionIds ListSecrets ListTagResources
  OpenKmsService PutSecretValue ReEncrypt RestoreSecret RotateSecret ScheduleKeyDeletion SetDeletionProtection
  SetKeyPolicy SetSecretPolicy TagResource TagResources UntagResource UntagResources UpdateAlias
  UpdateApplicationAccessPoint UpdateCertificateStatus UpdateKeyDescription UpdateKmsInstanceBindVpc UpdateNetworkRule
  UpdatePolicy UpdateRotationPolicy UpdateSecret UpdateSecretRotationPolicy UpdateSecretVersionStage UploadCertificate
  `
    .trim()
    .split(/\s+/),
);
