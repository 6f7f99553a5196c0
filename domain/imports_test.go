package domain_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// may says what the packages of each folder may import beside the standard
// library and their own folder. It is the architecture. Tests import what they like.
var may = map[string][]string{
	"domain":      {"golang.org/x/text"},
	"commands":    {"domain"},
	"migrations":  {},
	"projections": {"domain", "github.com/jackc/pgx/v5"},

	"domain/domaintest":    {"domain", "github.com/google/go-cmp"},
	"commands/journaltest": {"domain", "commands", "github.com/google/go-cmp", "pgregory.net/rapid"},

	"adapters/memory":     {"domain", "commands"},
	"adapters/eventstore": {"domain", "commands", "github.com/EventStore/EventStore-Client-Go/v4", "github.com/google/uuid", "google.golang.org/grpc"},
	"adapters/eventnode":  {"github.com/EventStore/EventStore-Client-Go/v4/protos", "github.com/cockroachdb/pebble/v2", "github.com/google/uuid", "github.com/prometheus/client_golang", "google.golang.org/grpc", "google.golang.org/protobuf", "golang.org/x/sys"},
	"adapters/feed":       {"domain", "projections", "github.com/EventStore/EventStore-Client-Go/v4", "github.com/ThreeDotsLabs/watermill", "github.com/prometheus/client_golang"},
	"adapters/httpapi":    {"domain", "commands", "projections", "github.com/go-chi/chi/v5", "github.com/go-chi/httprate", "github.com/danielgtaylor/huma/v2", "github.com/google/uuid", "github.com/prometheus/client_golang", "golang.org/x/text"},
	"adapters/imapsync":   {"domain", "commands", "github.com/emersion", "golang.org/x/text", "golang.org/x/net/idna"},
	"adapters/oidc":       {"domain", "commands", "github.com/coreos/go-oidc/v3"},
	"adapters/postgres":   {"migrations", "github.com/jackc/pgx/v5", "github.com/jackc/tern/v2", "golang.org/x/sys"},
	"adapters/secrets":    {"domain", "commands", "github.com/tink-crypto/tink-go/v2"},

	"cmd": {"domain", "commands", "projections", "adapters", "migrations", "github.com", "golang.org", "google.golang.org"},
}

func TestImports(t *testing.T) {
	list := exec.Command("go", "list", "-json=ImportPath,Imports", "skein/...")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		path := strings.TrimPrefix(p.ImportPath, "skein/")
		folder, allowed := rule(path)
		if folder == "" {
			t.Errorf("%s: no rule for this folder", path)
			continue
		}
		for _, i := range p.Imports {
			ours, inside := strings.CutPrefix(i, "skein/")
			std := !inside && !strings.Contains(strings.Split(i, "/")[0], ".")
			if std || within(ours, folder) || slices.ContainsFunc(allowed, func(a string) bool { return within(ours, a) }) {
				continue
			}
			t.Errorf("%s must not import %s", path, i)
		}
	}
}

// rule is the most particular rule for a folder.
func rule(path string) (folder string, allowed []string) {
	for f, a := range may {
		if within(path, f) && len(f) > len(folder) {
			folder, allowed = f, a
		}
	}
	return folder, allowed
}

func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}
