package main

import (
	"runtime/debug"
	"sort"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sm "github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

var secretSteps = []step{
	{"create", create},
	{"idempotency", idempotency},
	{"get", get},
	{"binary", binary},
	{"put", put},
	{"update", update},
	{"stages", stages},
	{"describe", describe},
	{"list", list},
	{"versions", versions},
	{"batch", batch},
	{"tags", tags},
}

func sdkVersion() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if strings.HasSuffix(module.Path, "service/secretsmanager") {
			return module.Version
		}
	}
	return "unknown"
}

// make creates a secret with a text and gives its name.
func makeSecret(name, value string) *sm.CreateSecretOutput {
	return must(client().CreateSecret(ctx, &sm.CreateSecretInput{Name: aws.String(prefix + name), SecretString: &value}))
}

func value(id string) string {
	return aws.ToString(must(client().GetSecretValue(ctx, &sm.GetSecretValueInput{SecretId: &id})).SecretString)
}

const token = "11111111-2222-3333-4444-555555555555"

func fullCreate(text string) (*sm.CreateSecretOutput, error) {
	return client().CreateSecret(ctx, &sm.CreateSecretInput{
		Name:                        aws.String(prefix + "full"),
		ClientRequestToken:          aws.String(token),
		Description:                 aws.String("Every parameter, häö"),
		KmsKeyId:                    aws.String("alias/aws/secretsmanager"),
		SecretString:                &text,
		Type:                        aws.String("GoClient"),
		Tags:                        []types.Tag{{Key: aws.String("team"), Value: aws.String("tumbler")}},
		AddReplicaRegions:           []types.ReplicaRegionType{{Region: aws.String("eu-west-1"), KmsKeyId: aws.String("alias/aws/secretsmanager")}},
		ForceOverwriteReplicaSecret: true,
	})
}

func create() {
	made := must(fullCreate("first ✓"))
	same("name", *made.Name, prefix+"full")
	same("version", *made.VersionId, token)
	holds("ARN", strings.HasPrefix(*made.ARN, "arn:aws:secretsmanager:us-east-1:123456789012:secret:"+prefix+"full-"))
	same("replicas", len(made.ReplicationStatus), 1)
	same("status", made.ReplicationStatus[0].Status, types.StatusTypeInSync)
	empty := must(client().CreateSecret(ctx, &sm.CreateSecretInput{Name: aws.String(prefix + "empty")}))
	holds("a secret without a value has no version", empty.VersionId == nil)
	_, err := client().GetSecretValue(ctx, &sm.GetSecretValueInput{SecretId: empty.ARN})
	refused[*types.ResourceNotFoundException](err, "staging label: AWSCURRENT")
}

func idempotency() {
	first := must(client().DescribeSecret(ctx, &sm.DescribeSecretInput{SecretId: aws.String(prefix + "full")}))
	again := must(fullCreate("first ✓"))
	same("ARN", *again.ARN, *first.ARN)
	same("version", *again.VersionId, token)
	_, err := fullCreate("another")
	refused[*types.ResourceExistsException](err, "You can't use ClientRequestToken "+token)
	_, err = client().CreateSecret(ctx, &sm.CreateSecretInput{Name: aws.String(prefix + "full"), SecretString: aws.String("x")})
	refused[*types.ResourceExistsException](err, "The operation failed because the secret "+prefix+"full already exists.")
}

func get() {
	arn := must(client().DescribeSecret(ctx, &sm.DescribeSecretInput{SecretId: aws.String(prefix + "full")})).ARN
	for _, id := range []string{prefix + "full", *arn, (*arn)[:len(*arn)-7]} {
		got := must(client().GetSecretValue(ctx, &sm.GetSecretValueInput{
			SecretId: &id, VersionId: aws.String(token), VersionStage: aws.String("AWSCURRENT")}))
		same("value", *got.SecretString, "first ✓")
		same("stages", got.VersionStages, []string{"AWSCURRENT"})
		recent("CreatedDate", got.CreatedDate)
	}
	_, err := client().GetSecretValue(ctx, &sm.GetSecretValueInput{
		SecretId: arn, VersionId: aws.String(token), VersionStage: aws.String("AWSPREVIOUS")})
	refused[*types.InvalidRequestException](err, "You provided a VersionStage that is not associated to the provided VersionId.")
}

func binary() {
	bytes := make([]byte, 256)
	for i := range bytes {
		bytes[i] = byte(i)
	}
	made := must(client().CreateSecret(ctx, &sm.CreateSecretInput{Name: aws.String(prefix + "binary"), SecretBinary: bytes}))
	got := must(client().GetSecretValue(ctx, &sm.GetSecretValueInput{SecretId: made.ARN}))
	same("bytes", got.SecretBinary, bytes)
	holds("no text beside bytes", got.SecretString == nil)
	large := strings.Repeat("ü", 32768)
	must(client().PutSecretValue(ctx, &sm.PutSecretValueInput{SecretId: made.ARN, SecretString: &large}))
	same("65,536 bytes", value(*made.ARN), large)
	_, err := client().PutSecretValue(ctx, &sm.PutSecretValueInput{SecretId: made.ARN, SecretBinary: make([]byte, 65537)})
	refusedAs(err, "ValidationException", "Member must have length less than or equal to 65536")
}

func put() {
	made := makeSecret("put", "one")
	staged := must(client().PutSecretValue(ctx, &sm.PutSecretValueInput{
		SecretId:           made.ARN,
		ClientRequestToken: aws.String("22222222-2222-3333-4444-555555555555"),
		SecretString:       aws.String("two"),
		VersionStages:      []string{"TESTING", "AWSPENDING"},
		RotationToken:      aws.String("33333333-2222-3333-4444-555555555555"),
	}))
	sort.Strings(staged.VersionStages)
	same("stages", staged.VersionStages, []string{"AWSPENDING", "TESTING"})
	same("current", value(*made.ARN), "one")
	bytes := must(client().PutSecretValue(ctx, &sm.PutSecretValueInput{SecretId: made.ARN, SecretBinary: []byte{0, 255}}))
	same("stages", bytes.VersionStages, []string{"AWSCURRENT"})
	_, err := client().PutSecretValue(ctx, &sm.PutSecretValueInput{SecretId: made.ARN})
	refused[*types.InvalidRequestException](err, "You must provide either SecretString or SecretBinary.")
	_, err = client().PutSecretValue(ctx, &sm.PutSecretValueInput{SecretId: made.ARN, SecretString: aws.String("a"), SecretBinary: []byte("b")})
	refused[*types.InvalidParameterException](err, "You can't specify both")
}

func update() {
	made := makeSecret("update", "one")
	changed := must(client().UpdateSecret(ctx, &sm.UpdateSecretInput{
		SecretId:           made.Name,
		ClientRequestToken: aws.String("44444444-2222-3333-4444-555555555555"),
		Description:        aws.String("changed"),
		KmsKeyId:           aws.String("alias/aws/secretsmanager"),
		SecretString:       aws.String("two"),
		Type:               aws.String("GoClient"),
	}))
	same("version", *changed.VersionId, "44444444-2222-3333-4444-555555555555")
	binary := must(client().UpdateSecret(ctx, &sm.UpdateSecretInput{SecretId: made.Name, SecretBinary: []byte{1}}))
	holds("a new version", *binary.VersionId != *changed.VersionId)
	quiet := must(client().UpdateSecret(ctx, &sm.UpdateSecretInput{SecretId: made.Name, Description: aws.String("")}))
	holds("no version without a value", quiet.VersionId == nil)
	described := must(client().DescribeSecret(ctx, &sm.DescribeSecretInput{SecretId: made.Name}))
	holds("no description", described.Description == nil)
	same("key", *described.KmsKeyId, "alias/aws/secretsmanager")
	_, err := client().UpdateSecret(ctx, &sm.UpdateSecretInput{SecretId: aws.String(prefix + "none"), SecretString: aws.String("x")})
	refused[*types.ResourceNotFoundException](err, "Secrets Manager can't find the specified secret.")
}

func stages() {
	made := makeSecret("stages", "one")
	second := must(client().PutSecretValue(ctx, &sm.PutSecretValueInput{SecretId: made.ARN, SecretString: aws.String("two")}))
	moved := must(client().UpdateSecretVersionStage(ctx, &sm.UpdateSecretVersionStageInput{
		SecretId: made.ARN, VersionStage: aws.String("AWSCURRENT"),
		MoveToVersionId: made.VersionId, RemoveFromVersionId: second.VersionId}))
	same("ARN", *moved.ARN, *made.ARN)
	held := must(client().DescribeSecret(ctx, &sm.DescribeSecretInput{SecretId: made.ARN})).VersionIdsToStages
	same("labels", held, map[string][]string{*made.VersionId: {"AWSCURRENT"}, *second.VersionId: {"AWSPREVIOUS"}})
	_, err := client().UpdateSecretVersionStage(ctx, &sm.UpdateSecretVersionStageInput{
		SecretId: made.ARN, VersionStage: aws.String("AWSCURRENT"), MoveToVersionId: second.VersionId})
	refused[*types.InvalidParameterException](err, "The parameter RemoveFromVersionId can't be empty.")
	_, err = client().UpdateSecretVersionStage(ctx, &sm.UpdateSecretVersionStageInput{
		SecretId: made.ARN, VersionStage: aws.String("AWSCURRENT"), RemoveFromVersionId: made.VersionId})
	refused[*types.InvalidParameterException](err, "You can only move staging label AWSCURRENT")
}

func describe() {
	value(prefix + "full")
	got := must(client().DescribeSecret(ctx, &sm.DescribeSecretInput{SecretId: aws.String(prefix + "full")}))
	same("description", *got.Description, "Every parameter, häö")
	same("type", *got.Type, "GoClient")
	same("tags", len(got.Tags), 1)
	same("tag", *got.Tags[0].Value, "tumbler")
	same("versions", got.VersionIdsToStages, map[string][]string{token: {"AWSCURRENT"}})
	same("primary", *got.PrimaryRegion, "us-east-1")
	same("replica", *got.ReplicationStatus[0].Region, "eu-west-1")
	recent("CreatedDate", got.CreatedDate)
	recent("LastChangedDate", got.LastChangedDate)
	at := got.LastAccessedDate.UTC()
	same("LastAccessedDate", at.Hour()*3600+at.Minute()*60+at.Second(), 0)
	holds("no deletion", got.DeletedDate == nil)
	holds("no rotation", got.RotationEnabled == nil)
}

func list() {
	for _, name := range []string{"list/b", "list/a", "list/c"} {
		must(client().CreateSecret(ctx, &sm.CreateSecretInput{Name: aws.String(prefix + name), SecretString: aws.String("x"),
			Description: aws.String("listed here"), Tags: []types.Tag{{Key: aws.String("go-list"), Value: aws.String(name)}}}))
	}
	names := func(input *sm.ListSecretsInput) []string {
		found := []string{}
		pages := sm.NewListSecretsPaginator(client(), input)
		for pages.HasMorePages() {
			for _, entry := range must(pages.NextPage(ctx)).SecretList {
				recent("CreatedDate", entry.CreatedDate)
				same("stages", len(entry.SecretVersionsToStages), 1)
				found = append(found, strings.TrimPrefix(*entry.Name, prefix+"list/"))
			}
		}
		return found
	}
	filter := func(key types.FilterNameStringType, values ...string) []types.Filter {
		return []types.Filter{{Key: key, Values: values}}
	}
	byName := filter(types.FilterNameStringTypeName, prefix+"list/")
	same("by name", names(&sm.ListSecretsInput{Filters: byName, MaxResults: aws.Int32(2), SortBy: types.SortByTypeName,
		SortOrder: types.SortOrderTypeDesc, IncludePlannedDeletion: aws.Bool(true)}), []string{"c", "b", "a"})
	same("oldest first", names(&sm.ListSecretsInput{Filters: byName, MaxResults: aws.Int32(1),
		SortBy: types.SortByTypeCreatedDate, SortOrder: types.SortOrderTypeAsc}), []string{"b", "a", "c"})
	same("by tag", names(&sm.ListSecretsInput{Filters: filter(types.FilterNameStringTypeTagValue, "list/a")}), []string{"a"})
	same("by words", len(names(&sm.ListSecretsInput{Filters: append(byName, filter(types.FilterNameStringTypeDescription, "listed")...)})), 3)
	_, err := client().ListSecrets(ctx, &sm.ListSecretsInput{NextToken: aws.String("nonsense")})
	refused[*types.InvalidNextTokenException](err, "")
	_, err = client().ListSecrets(ctx, &sm.ListSecretsInput{MaxResults: aws.Int32(101)})
	refusedAs(err, "ValidationException", "Member must have value less than or equal to 100")
	_, err = client().ListSecrets(ctx, &sm.ListSecretsInput{Filters: filter("colour", "red")})
	refusedAs(err, "ValidationException", "Member must satisfy enum value set")
}

func versions() {
	made := makeSecret("versions", "1")
	for _, text := range []string{"2", "3", "4"} {
		must(client().PutSecretValue(ctx, &sm.PutSecretValueInput{SecretId: made.ARN, SecretString: &text}))
	}
	count := func(input *sm.ListSecretVersionIdsInput) int {
		input.SecretId = made.ARN
		found := 0
		pages := sm.NewListSecretVersionIdsPaginator(client(), input)
		for pages.HasMorePages() {
			for _, version := range must(pages.NextPage(ctx)).Versions {
				same("keys", version.KmsKeyIds, []string{"DefaultEncryptionKey"})
				recent("CreatedDate", version.CreatedDate)
				found++
			}
		}
		return found
	}
	same("labelled", count(&sm.ListSecretVersionIdsInput{MaxResults: aws.Int32(1)}), 2)
	same("all", count(&sm.ListSecretVersionIdsInput{MaxResults: aws.Int32(3), IncludeDeprecated: aws.Bool(true)}), 4)
}

func batch() {
	got := must(client().BatchGetSecretValue(ctx, &sm.BatchGetSecretValueInput{
		SecretIdList: []string{prefix + "full", prefix + "none", prefix + "empty"}}))
	same("values", len(got.SecretValues), 1)
	same("value", *got.SecretValues[0].SecretString, "first ✓")
	recent("CreatedDate", got.SecretValues[0].CreatedDate)
	same("errors", len(got.Errors), 2)
	same("code", *got.Errors[0].ErrorCode, "ResourceNotFoundException")
	found := 0
	pages := sm.NewBatchGetSecretValuePaginator(client(), &sm.BatchGetSecretValueInput{MaxResults: aws.Int32(2),
		Filters: []types.Filter{{Key: types.FilterNameStringTypeName, Values: []string{prefix + "list/"}}}})
	for pages.HasMorePages() {
		found += len(must(pages.NextPage(ctx)).SecretValues)
	}
	same("by filter", found, 3)
	_, err := client().BatchGetSecretValue(ctx, &sm.BatchGetSecretValueInput{})
	refused[*types.InvalidParameterException](err, "Either 'SecretIdList' or 'Filters' must be provided")
}

func tags() {
	made := makeSecret("tags", "x")
	must(client().TagResource(ctx, &sm.TagResourceInput{SecretId: made.ARN, Tags: []types.Tag{
		{Key: aws.String("a"), Value: aws.String("1")}, {Key: aws.String("b"), Value: aws.String("")}}}))
	must(client().UntagResource(ctx, &sm.UntagResourceInput{SecretId: made.ARN, TagKeys: []string{"b", "never"}}))
	got := must(client().DescribeSecret(ctx, &sm.DescribeSecretInput{SecretId: made.ARN})).Tags
	same("tags", len(got), 1)
	same("tag", *got[0].Key+*got[0].Value, "a1")
}
