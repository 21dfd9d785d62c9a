//go:build tools

// Pins the last Node language host that was part of the Pulumi SDK's Go module, so that go.sum covers it.
package tools

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
