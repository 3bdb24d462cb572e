// AWS SDK for Go, second version: every operation with every parameter, pages, waits, typed errors, retries, signatures.
// A panic of a step ends the program; `ok <step>` says that a step went well.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	sm "github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/smithy-go"
)

var ctx = context.Background()

const prefix = "go/"

func configuration(region, key, secret string) aws.Config {
	return aws.Config{Region: region, Credentials: credentials.NewStaticCredentialsProvider(key, secret, "")}
}

func client(changes ...func(*sm.Options)) *sm.Client {
	return clientIn(os.Getenv("AWS_REGION"), changes...)
}

func clientIn(region string, changes ...func(*sm.Options)) *sm.Client {
	config := configuration(region, os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"))
	config.BaseEndpoint = aws.String(os.Getenv("AWS_ENDPOINT_URL"))
	return sm.NewFromConfig(config, changes...)
}

func keyClient() *kms.Client {
	config := configuration(os.Getenv("AWS_REGION"), os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"))
	config.BaseEndpoint = aws.String(os.Getenv("AWS_ENDPOINT_URL"))
	return kms.NewFromConfig(config)
}

// must gives what a call answered, or ends the program with its error.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func same(what string, got, want any) {
	if !reflect.DeepEqual(got, want) {
		panic(fmt.Sprintf("%s: %v is not %v", what, got, want))
	}
}

func holds(what string, condition bool) {
	if !condition {
		panic(what)
	}
}

// recent holds that a time of the server was read as a time of the last minutes.
func recent(what string, at *time.Time) {
	holds(what+" is missing", at != nil)
	age := time.Since(*at)
	holds(fmt.Sprint(what, " is ", *at), age > -time.Minute && age < 10*time.Minute)
}

// refused holds that an error has a type of the SDK and a text.
func refused[E error](err error, text string) {
	var typed E
	holds(fmt.Sprintf("%T is wanted, not %v", typed, err), errors.As(err, &typed))
	var api smithy.APIError
	holds("an API error", errors.As(err, &api))
	holds(fmt.Sprintf("the text of %v holds %q", err, text), strings.Contains(api.ErrorMessage(), text))
}

// refusedAs holds the code and text of an error that the SDK has no type for.
func refusedAs(err error, code, text string) {
	var api smithy.APIError
	holds(fmt.Sprint("an API error, not ", err), errors.As(err, &api))
	same("code", api.ErrorCode(), code)
	holds(fmt.Sprintf("the text of %v holds %q", err, text), strings.Contains(api.ErrorMessage(), text))
}

type step struct {
	name string
	run  func()
}

func main() {
	fmt.Println("version", sdkVersion())
	for _, step := range slices.Concat(secretSteps, lifeSteps, protocolSteps, providerSteps) {
		step.run()
		fmt.Println("ok", step.name)
	}
}
