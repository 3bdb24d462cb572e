package main

import (
	"errors"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	keys "github.com/aws/aws-sdk-go-v2/service/kms/types"
	sm "github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

var lifeSteps = []step{
	{"policy", policy},
	{"password", password},
	{"replication", replication},
	{"rotation", rotation},
	{"deletion", deletion},
	{"keys", keysOfSecrets},
}

func statement(principal string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal +
		`,"Action":"secretsmanager:GetSecretValue","Resource":"*"}]}`
}

func policy() {
	made := makeSecret("policy", "x")
	document := statement(`{"AWS":"arn:aws:iam::123456789012:root"}`)
	must(client().PutResourcePolicy(ctx, &sm.PutResourcePolicyInput{
		SecretId: made.ARN, ResourcePolicy: &document, BlockPublicPolicy: aws.Bool(true)}))
	got := must(client().GetResourcePolicy(ctx, &sm.GetResourcePolicyInput{SecretId: made.ARN}))
	same("policy", *got.ResourcePolicy, document)
	checked := must(client().ValidateResourcePolicy(ctx, &sm.ValidateResourcePolicyInput{SecretId: made.ARN, ResourcePolicy: &document}))
	holds("valid", checked.PolicyValidationPassed)
	open := statement(`"*"`)
	broad := must(client().ValidateResourcePolicy(ctx, &sm.ValidateResourcePolicyInput{ResourcePolicy: &open}))
	holds("not valid", !broad.PolicyValidationPassed && *broad.ValidationErrors[0].ErrorMessage != "")
	_, err := client().PutResourcePolicy(ctx, &sm.PutResourcePolicyInput{SecretId: made.ARN, ResourcePolicy: &open, BlockPublicPolicy: aws.Bool(true)})
	refused[*types.PublicPolicyException](err, "You can't attach a resource-based policy that allows broad access to the secret.")
	_, err = client().PutResourcePolicy(ctx, &sm.PutResourcePolicyInput{SecretId: made.ARN, ResourcePolicy: aws.String("{")})
	refused[*types.MalformedPolicyDocumentException](err, "This resource policy contains a syntax error.")
	must(client().DeleteResourcePolicy(ctx, &sm.DeleteResourcePolicyInput{SecretId: made.ARN}))
	holds("no policy", must(client().GetResourcePolicy(ctx, &sm.GetResourcePolicyInput{SecretId: made.ARN})).ResourcePolicy == nil)
}

func password() {
	got := must(client().GetRandomPassword(ctx, &sm.GetRandomPasswordInput{
		PasswordLength: aws.Int64(64), ExcludeCharacters: aws.String("abc"), ExcludeNumbers: aws.Bool(true), ExcludePunctuation: aws.Bool(true),
		ExcludeUppercase: aws.Bool(true), ExcludeLowercase: aws.Bool(false), IncludeSpace: aws.Bool(true), RequireEachIncludedType: aws.Bool(true)}))
	same("length", len(*got.RandomPassword), 64)
	same("characters", strings.Trim(*got.RandomPassword, "defghijklmnopqrstuvwxyz "), "")
	_, err := client().GetRandomPassword(ctx, &sm.GetRandomPasswordInput{PasswordLength: aws.Int64(3)})
	refused[*types.InvalidParameterException](err, "Password length is too short based on the required types.")
}

func replication() {
	made := makeSecret("replication", "x")
	added := must(client().ReplicateSecretToRegions(ctx, &sm.ReplicateSecretToRegionsInput{
		SecretId: made.ARN, ForceOverwriteReplicaSecret: true,
		AddReplicaRegions: []types.ReplicaRegionType{{Region: aws.String("eu-west-1")}, {Region: aws.String("eu-west-2")}}}))
	same("replicas", len(added.ReplicationStatus), 2)
	_, err := client().DeleteSecret(ctx, &sm.DeleteSecretInput{SecretId: made.ARN})
	refused[*types.InvalidParameterException](err, "that still has replica regions")
	away := clientIn("eu-west-1")
	copied := must(away.GetSecretValue(ctx, &sm.GetSecretValueInput{SecretId: made.Name}))
	same("ARN", *copied.ARN, strings.Replace(*made.ARN, "us-east-1", "eu-west-1", 1))
	_, err = away.PutSecretValue(ctx, &sm.PutSecretValueInput{SecretId: made.Name, SecretString: aws.String("y")})
	refused[*types.InvalidParameterException](err, "Operation not permitted on a replica secret.")
	stopped := must(away.StopReplicationToReplica(ctx, &sm.StopReplicationToReplicaInput{SecretId: made.Name}))
	same("ARN", *stopped.ARN, *copied.ARN)
	left := must(client().RemoveRegionsFromReplication(ctx, &sm.RemoveRegionsFromReplicationInput{
		SecretId: made.ARN, RemoveReplicaRegions: []string{"eu-west-2"}}))
	same("replicas", len(left.ReplicationStatus), 0)
	must(away.PutSecretValue(ctx, &sm.PutSecretValueInput{SecretId: made.Name, SecretString: aws.String("y")}))
}

func rotation() {
	made := makeSecret("rotation", "old")
	_, err := client().RotateSecret(ctx, &sm.RotateSecretInput{SecretId: made.ARN})
	refused[*types.InvalidRequestException](err, "No Lambda rotation function ARN is associated with this secret.")
	const next = "55555555-2222-3333-4444-555555555555"
	started := must(client().RotateSecret(ctx, &sm.RotateSecretInput{
		SecretId: made.ARN, ClientRequestToken: aws.String(next), RotationLambdaARN: aws.String(os.Getenv("LAMBDA_ARN")),
		RotationRules:     &types.RotationRulesType{ScheduleExpression: aws.String("rate(10 days)"), Duration: aws.String("3h")},
		RotateImmediately: aws.Bool(true)}))
	same("version", *started.VersionId, next)
	var described *sm.DescribeSecretOutput
	for range 200 {
		described = must(client().DescribeSecret(ctx, &sm.DescribeSecretInput{SecretId: made.ARN}))
		if described.LastRotatedDate != nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	recent("LastRotatedDate", described.LastRotatedDate)
	holds("enabled", *described.RotationEnabled)
	same("function", *described.RotationLambdaARN, os.Getenv("LAMBDA_ARN"))
	same("schedule", *described.RotationRules.ScheduleExpression+*described.RotationRules.Duration, "rate(10 days)3h")
	holds("next", described.NextRotationDate.After(time.Now()))
	holds("a new value", value(*made.ARN) != "old")
	_, err = client().RotateSecret(ctx, &sm.RotateSecretInput{SecretId: made.ARN, RotateImmediately: aws.Bool(false),
		RotationRules: &types.RotationRulesType{ScheduleExpression: aws.String("rate(1 day)"), AutomaticallyAfterDays: aws.Int64(3)}})
	refused[*types.InvalidParameterException](err, "You cannot specify both rotation frequency and schedule expression together.")
	cancelled := must(client().CancelRotateSecret(ctx, &sm.CancelRotateSecretInput{SecretId: made.ARN}))
	same("name", *cancelled.Name, *made.Name)
	holds("disabled", !*must(client().DescribeSecret(ctx, &sm.DescribeSecretInput{SecretId: made.ARN})).RotationEnabled)
}

func deletion() {
	made := makeSecret("deletion", "x")
	_, err := client().DeleteSecret(ctx, &sm.DeleteSecretInput{SecretId: made.ARN, RecoveryWindowInDays: aws.Int64(6)})
	refused[*types.InvalidParameterException](err, "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).")
	gone := must(client().DeleteSecret(ctx, &sm.DeleteSecretInput{SecretId: made.ARN, RecoveryWindowInDays: aws.Int64(7)}))
	days := time.Until(*gone.DeletionDate).Hours() / 24
	holds("seven days", days > 6.9 && days < 7.1)
	_, err = client().GetSecretValue(ctx, &sm.GetSecretValueInput{SecretId: made.ARN})
	refused[*types.InvalidRequestException](err, "because it was marked for deletion.")
	_, err = client().CreateSecret(ctx, &sm.CreateSecretInput{Name: made.Name, SecretString: aws.String("y")})
	refused[*types.InvalidRequestException](err, "a secret with this name is already scheduled for deletion.")
	same("name", *must(client().RestoreSecret(ctx, &sm.RestoreSecretInput{SecretId: made.ARN})).Name, *made.Name)
	same("value", value(*made.ARN), "x")
	must(client().DeleteSecret(ctx, &sm.DeleteSecretInput{SecretId: made.ARN, ForceDeleteWithoutRecovery: aws.Bool(true)}))
	_, err = client().DescribeSecret(ctx, &sm.DescribeSecretInput{SecretId: made.ARN})
	refused[*types.ResourceNotFoundException](err, "Secrets Manager can't find the specified secret.")
}

func keysOfSecrets() {
	k := keyClient()
	made := must(k.CreateKey(ctx, &kms.CreateKeyInput{Description: aws.String("go")})).KeyMetadata
	recent("CreationDate", made.CreationDate)
	must(k.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/go"), TargetKeyId: made.KeyId}))
	secret := must(client().CreateSecret(ctx, &sm.CreateSecretInput{
		Name: aws.String(prefix + "keys"), KmsKeyId: aws.String("alias/go"), SecretString: aws.String("x")}))
	encryption := map[string]string{"a": "1", "b": "2"}
	sealed := must(k.Encrypt(ctx, &kms.EncryptInput{KeyId: made.Arn, Plaintext: []byte("text"), EncryptionContext: encryption}))
	opened := must(k.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob, EncryptionContext: encryption}))
	same("text", string(opened.Plaintext), "text")
	_, err := k.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})
	refused[*keys.InvalidCiphertextException](err, "")
	data := must(k.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: made.KeyId, KeySpec: keys.DataKeySpecAes256}))
	same("length", len(data.Plaintext), 32)
	must(k.DisableKey(ctx, &kms.DisableKeyInput{KeyId: made.KeyId}))
	_, err = client().GetSecretValue(ctx, &sm.GetSecretValueInput{SecretId: secret.ARN})
	refused[*types.DecryptionFailure](err, "Secrets Manager can't decrypt the protected secret text using the provided KMS key.")
	_, err = client().PutSecretValue(ctx, &sm.PutSecretValueInput{SecretId: secret.ARN, SecretString: aws.String("y")})
	refused[*types.EncryptionFailure](err, "Secrets Manager can't encrypt the protected secret text")
	must(k.EnableKey(ctx, &kms.EnableKeyInput{KeyId: made.KeyId}))
	same("value", value(*secret.ARN), "x")
	must(k.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: made.KeyId, PendingWindowInDays: aws.Int32(7)}))
	same("state", must(k.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/go")})).KeyMetadata.KeyState, keys.KeyStatePendingDeletion)
	must(k.CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: made.KeyId}))
	seen := false
	for pages := kms.NewListKeysPaginator(k, &kms.ListKeysInput{Limit: aws.Int32(1)}); pages.HasMorePages(); {
		for _, key := range must(pages.NextPage(ctx)).Keys {
			seen = seen || *key.KeyId == *made.KeyId
		}
	}
	holds("listed", seen)
	aliases := must(k.ListAliases(ctx, &kms.ListAliasesInput{KeyId: made.KeyId})).Aliases
	same("aliases", len(aliases), 1)
	must(k.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: aws.String("alias/go")}))
	_, err = k.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/go")})
	var missing *keys.NotFoundException
	holds("NotFoundException", errors.As(err, &missing))
}
