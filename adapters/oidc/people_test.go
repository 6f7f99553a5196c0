package oidc_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"

	"skein/adapters/httpapi"
	"skein/adapters/memory"
	"skein/adapters/oidc"
	"skein/commands"
	"skein/domain"
	"skein/domain/organization"
	"skein/domain/space"
)

// Whoever comes with a token of the provider is let in as what they are here, and
// no further.
func TestPeople(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	p := start(t)
	i, _, _ := trusting(t, p, oidc.Config{OrganizationClaim: "tenant"})
	do := &commands.Handler{
		Journal: new(memory.Journal), Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() },
		Hash: func(parts ...string) string { return uuid.NewSHA1(uuid.Nil, []byte(parts[len(parts)-1])).String() },
	}
	by := domain.By{Actor: "system:test"}
	if _, err := do.FoundOrganization(ctx, by, tenant, organization.Found{Name: "Engines"}); err != nil {
		t.Fatal(err)
	}
	lab, _, err := do.CreateSpace(ctx, by, space.Create{Organization: tenant, Name: "Lab"})
	if err != nil {
		t.Fatal(err)
	}
	api := (&httpapi.API{
		Commands: do, Bearer: i.Who, Ready: func(context.Context) (domain.Position, error) { return 0, nil },
	}).Handler()
	status := func(user string) int {
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/v1/spaces/"+string(lab)+"/fields", nil)
		r.Header.Set("Authorization", "Bearer "+p.token(t, user))
		out := httptest.NewRecorder()
		api.ServeHTTP(out, r)
		return out.Code
	}
	if got := status("grace"); got != http.StatusNotFound {
		t.Errorf("without a role: %d", got)
	}
	if _, err := do.Space(ctx, by, commands.Room{ID: lab}, space.Assign{User: "grace", Role: space.Agent}); err != nil {
		t.Fatal(err)
	}
	if got := status("grace"); got != http.StatusOK {
		t.Errorf("as an agent: %d", got)
	}
	if got := status("eve"); got != http.StatusNotFound {
		t.Errorf("somebody else: %d", got)
	}
	if got := status("grace@example.org"); got != http.StatusUnauthorized {
		t.Errorf("somebody with another kind of name: %d", got)
	}
}
