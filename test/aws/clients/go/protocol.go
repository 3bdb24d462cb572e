package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	sm "github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

var protocolSteps = []step{
	{"errors", errorFacts},
	{"wrong keys", wrongKeys},
	{"clock skew", clockSkew},
	{"retries", retries},
	{"query signature", querySignature},
}

func errorFacts() {
	_, err := client().GetSecretValue(ctx, &sm.GetSecretValueInput{SecretId: aws.String(prefix + "none")})
	refused[*types.ResourceNotFoundException](err, "Secrets Manager can't find the specified secret.")
	var response *awshttp.ResponseError
	holds("a response", errors.As(err, &response))
	same("status", response.HTTPStatusCode(), 400)
	same("request id", len(response.ServiceRequestID()), 36)
	_, err = client().DescribeSecret(ctx, &sm.DescribeSecretInput{SecretId: aws.String("no spaces")})
	refusedAs(err, "ValidationException", "Invalid name. Must be a valid name containing alphanumeric characters")
}

func wrongKeys() {
	list := func(key, secret, token string) error {
		_, err := client(func(o *sm.Options) {
			o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: key, SecretAccessKey: secret, SessionToken: token}, nil
			})
			o.RetryMaxAttempts = 1
		}).ListSecrets(ctx, &sm.ListSecretsInput{})
		return err
	}
	known := os.Getenv("AWS_ACCESS_KEY_ID")
	refusedAs(list(known, "another", ""), "InvalidSignatureException", "The request signature we calculated does not match")
	refusedAs(list("AKIANOBODY", "another", ""), "UnrecognizedClientException", "The security token included in the request is invalid.")
	refusedAs(list(known, os.Getenv("AWS_SECRET_ACCESS_KEY"), "a-token"), "UnrecognizedClientException", "")
}

// The other server's clock is an hour ahead: the first request is refused, and the SDK sets its own right by the answer.
func clockSkew() {
	ahead := client(func(o *sm.Options) { o.BaseEndpoint = aws.String(os.Getenv("SKEWED_ENDPOINT")) })
	must(ahead.ListSecrets(ctx, &sm.ListSecretsInput{}))
	must(ahead.GetRandomPassword(ctx, &sm.GetRandomPasswordInput{}))
}

// The first answer is lost, the second request throttled: the SDK tries again with the same token, and one version comes
// of it.
func retries() {
	faulty := client(func(o *sm.Options) { o.BaseEndpoint = aws.String(os.Getenv("FAULTY_ENDPOINT")) })
	made := must(faulty.CreateSecret(ctx, &sm.CreateSecretInput{Name: aws.String(prefix + "retries"), SecretString: aws.String("x")}))
	versions := must(faulty.ListSecretVersionIds(ctx, &sm.ListSecretVersionIdsInput{SecretId: made.ARN, IncludeDeprecated: aws.Bool(true)}))
	same("versions", len(versions.Versions), 1)
}

func querySignature() {
	body := []byte(`{"SecretId":"` + prefix + `full"}`)
	sum := sha256.Sum256(body)
	send := func(at time.Time) (int, string) {
		request := must(http.NewRequest("POST", os.Getenv("AWS_ENDPOINT_URL")+"/", bytes.NewReader(body)))
		request.Header.Set("Content-Type", "application/x-amz-json-1.1")
		request.Header.Set("X-Amz-Target", "secretsmanager.GetSecretValue")
		key := aws.Credentials{AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY")}
		url, headers, err := v4.NewSigner().PresignHTTP(ctx, key, request, hex.EncodeToString(sum[:]), "secretsmanager", "us-east-1", at)
		holds("signed", err == nil)
		signed := must(http.NewRequest("POST", url, bytes.NewReader(body)))
		signed.Header = headers
		signed.Header.Set("Content-Type", "application/x-amz-json-1.1")
		signed.Header.Set("X-Amz-Target", "secretsmanager.GetSecretValue")
		answer := must(http.DefaultClient.Do(signed))
		defer answer.Body.Close()
		return answer.StatusCode, string(must(io.ReadAll(answer.Body)))
	}
	status, text := send(time.Now())
	holds(text, status == 200 && strings.Contains(text, `"SecretString":"first ✓"`))
	status, text = send(time.Now().Add(-time.Hour))
	holds(text, status == 400 && strings.Contains(text, "InvalidSignatureException"))
}
