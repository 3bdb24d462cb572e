package main

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sm "github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// What Terraform's AWS provider asks of the service, call by call, and what it makes of the answers.
var providerSteps = []step{
	{"provider: secret", providerSecret},
	{"provider: policy", providerPolicy},
	{"provider: version", providerVersion},
	{"provider: rotation", providerRotation},
	{"provider: replicas", providerReplicas},
}

// terraformToken is no UUID.
func terraformToken(digit string) *string {
	return aws.String("terraform-" + strings.Repeat(digit, 26))
}

func providerCreate(name, digit string) (*sm.CreateSecretOutput, error) {
	return client().CreateSecret(ctx, &sm.CreateSecretInput{Name: aws.String(prefix + name), Description: aws.String(""),
		ClientRequestToken: terraformToken(digit), ForceOverwriteReplicaSecret: false})
}

// isGone is how the provider ends its wait for a deletion.
func isGone(id *string) bool {
	got, err := client().DescribeSecret(ctx, &sm.DescribeSecretInput{SecretId: id})
	var missing *types.ResourceNotFoundException
	return errors.As(err, &missing) || must(got, err).DeletedDate != nil
}

func providerSecret() {
	made := must(providerCreate("provider", "a"))
	got := must(client().DescribeSecret(ctx, &sm.DescribeSecretInput{SecretId: made.ARN}))
	same("absent members", []bool{got.Description == nil, got.KmsKeyId == nil, aws.ToBool(got.RotationEnabled), got.Tags == nil},
		[]bool{true, true, false, true})
	holds("no policy", must(client().GetResourcePolicy(ctx, &sm.GetResourcePolicyInput{SecretId: made.ARN})).ResourcePolicy == nil)
	must(client().UpdateSecret(ctx, &sm.UpdateSecretInput{SecretId: made.ARN, ClientRequestToken: terraformToken("b"),
		Description: aws.String("changed"), KmsKeyId: aws.String("")}))
	must(client().DeleteSecret(ctx, &sm.DeleteSecretInput{SecretId: made.ARN, RecoveryWindowInDays: aws.Int64(7)}))
	holds("gone", isGone(made.ARN))
	_, err := providerCreate("provider", "c")
	refused[*types.InvalidRequestException](err, "scheduled for deletion")
	must(client().DeleteSecret(ctx, &sm.DeleteSecretInput{SecretId: made.ARN, ForceDeleteWithoutRecovery: aws.Bool(true)}))
	holds("gone", isGone(made.ARN))
	again := must(providerCreate("provider", "d"))
	holds("another ARN", *again.ARN != *made.ARN)
}

func providerPolicy() {
	made := must(providerCreate("provider-policy", "e"))
	put := func(principal string) error {
		_, err := client().PutResourcePolicy(ctx, &sm.PutResourcePolicyInput{SecretId: made.ARN,
			ResourcePolicy: aws.String(statement(principal)), BlockPublicPolicy: aws.Bool(false)})
		return err
	}
	refused[*types.MalformedPolicyDocumentException](put(`{"AWS":"AIDAEXAMPLE"}`), "This resource policy contains an unsupported principal")
	holds("stored", put(`"*"`) == nil)
	same("policy", *must(client().GetResourcePolicy(ctx, &sm.GetResourcePolicyInput{SecretId: made.ARN})).ResourcePolicy, statement(`"*"`))
}

func providerVersion() {
	secret := must(providerCreate("provider-version", "f")).ARN
	must(client().PutSecretValue(ctx, &sm.PutSecretValueInput{SecretId: secret, SecretString: aws.String("x"),
		ClientRequestToken: terraformToken("1"), VersionStages: []string{"one", "AWSCURRENT"}}))
	version := *terraformToken("1")
	labels := func() []string {
		got := must(client().GetSecretValue(ctx, &sm.GetSecretValueInput{SecretId: secret, VersionId: &version}))
		sort.Strings(got.VersionStages)
		return got.VersionStages
	}
	same("labels", labels(), []string{"AWSCURRENT", "one"})
	stage := func(input sm.UpdateSecretVersionStageInput) {
		input.SecretId = secret
		must(client().UpdateSecretVersionStage(ctx, &input))
	}
	stage(sm.UpdateSecretVersionStageInput{VersionStage: aws.String("two"), MoveToVersionId: &version})
	stage(sm.UpdateSecretVersionStageInput{VersionStage: aws.String("one"), RemoveFromVersionId: &version})
	same("labels", labels(), []string{"AWSCURRENT", "two"})
	must(client().PutSecretValue(ctx, &sm.PutSecretValueInput{SecretId: secret, SecretString: aws.String("y"), ClientRequestToken: terraformToken("2")}))
	same("labels", labels(), []string{"AWSPREVIOUS", "two"})
	for _, label := range labels() {
		stage(sm.UpdateSecretVersionStageInput{VersionStage: aws.String(label), RemoveFromVersionId: &version})
	}
	listed := must(client().ListSecretVersionIds(ctx, &sm.ListSecretVersionIdsInput{SecretId: secret}))
	same("labelled versions", len(listed.Versions), 1)
	must(client().DeleteSecret(ctx, &sm.DeleteSecretInput{SecretId: secret, RecoveryWindowInDays: aws.Int64(30)}))
	_, err := client().GetSecretValue(ctx, &sm.GetSecretValueInput{SecretId: secret, VersionId: &version})
	refused[*types.InvalidRequestException](err, "because it was marked for deletion")
}

func providerRotation() {
	secret := makeSecret("provider-rotation", "old").ARN
	rotate := func(digit string, rules types.RotationRulesType) *types.RotationRulesType {
		input := sm.RotateSecretInput{SecretId: secret, ClientRequestToken: terraformToken(digit),
			RotateImmediately: aws.Bool(false), RotationLambdaARN: aws.String(os.Getenv("LAMBDA_ARN")), RotationRules: &rules}
		_, err := client().RotateSecret(ctx, &input)
		var busy *types.InvalidRequestException
		// The provider asks again for some time: the test of the function may still be under way.
		for attempt := 0; errors.As(err, &busy) && attempt < 100; attempt++ {
			time.Sleep(50 * time.Millisecond)
			_, err = client().RotateSecret(ctx, &input)
		}
		holds(fmt.Sprint("rotation: ", err), err == nil)
		got := must(client().DescribeSecret(ctx, &sm.DescribeSecretInput{SecretId: secret}))
		same("function", *got.RotationLambdaARN, os.Getenv("LAMBDA_ARN"))
		holds("enabled", *got.RotationEnabled)
		return got.RotationRules
	}
	scheduled := rotate("3", types.RotationRulesType{ScheduleExpression: aws.String("rate(10 days)"), Duration: aws.String("3h")})
	same("schedule", *scheduled.ScheduleExpression+*scheduled.Duration, "rate(10 days)3h")
	days := rotate("4", types.RotationRulesType{AutomaticallyAfterDays: aws.Int64(7)})
	same("days", *days.AutomaticallyAfterDays, int64(7))
	holds("no schedule any more", days.ScheduleExpression == nil)
	must(client().CancelRotateSecret(ctx, &sm.CancelRotateSecretInput{SecretId: secret}))
	holds("disabled", !*must(client().DescribeSecret(ctx, &sm.DescribeSecretInput{SecretId: secret})).RotationEnabled)
}

func providerReplicas() {
	made := must(client().CreateSecret(ctx, &sm.CreateSecretInput{Name: aws.String(prefix + "provider-replicas"), Description: aws.String(""),
		ClientRequestToken: terraformToken("5"), AddReplicaRegions: []types.ReplicaRegionType{{Region: aws.String("eu-west-1")}}}))
	got := must(client().DescribeSecret(ctx, &sm.DescribeSecretInput{SecretId: made.ARN})).ReplicationStatus
	same("status", got[0].Status, types.StatusTypeInSync)
	must(client().RemoveRegionsFromReplication(ctx, &sm.RemoveRegionsFromReplicationInput{SecretId: made.ARN, RemoveReplicaRegions: []string{"eu-west-1"}}))
	must(client().DeleteSecret(ctx, &sm.DeleteSecretInput{SecretId: made.ARN, ForceDeleteWithoutRecovery: aws.Bool(true)}))
	holds("gone", isGone(made.ARN))
}
