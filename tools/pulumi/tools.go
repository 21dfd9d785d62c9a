//go:build tools

// Pins the Pulumi CLI, so that go.sum covers it and all that it needs.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
