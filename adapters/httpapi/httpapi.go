// Package httpapi is the system as seen over HTTP.
//
// Every operation is described where it is routed, and nowhere else: what is
// checked before it is carried out, the document at /openapi.json and the page
// at /docs all come from that one description.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"

	"skein/commands"
	"skein/domain"
	"skein/projections"
)

// API answers requests. Its fields are set before its first use.
type API struct {
	Commands   *commands.Handler
	DB         projections.DB
	Projectors map[string]*projections.Projector // "contacts", "spaces", "mailboxes", "credentials", "audit", "suggestions" and "erasures"

	// Ready returns the position of the last event in the journal, or why the
	// journal does not answer.
	Ready func(context.Context) (domain.Position, error)

	// Records is where exports look up what happened.
	Records commands.Records

	// News is where those hear of what happens who follow a space.
	News commands.News

	// Bearer says whom a JSON Web Token of another issuer stands for. It refuses with
	// commands.ErrWho, or more clearly, what stands for nobody. Nil: there is no
	// other issuer.
	Bearer func(ctx context.Context, token string) (commands.Principal, error)

	Limit    int                  // requests a minute with one credential; zero: any number
	Log      *slog.Logger         // nil: slog.Default
	Metrics  *prometheus.Registry // nil: one of its own
	Version  string
	Patience time.Duration // how long a query waits for its Min-Position; zero: 5 s

	used      uses
	attempts  attempts
	exporting exports
	listening listeners
	retold    commands.Retold
}

// Handler routes requests to the API.
func (a *API) Handler() http.Handler {
	if a.Metrics == nil {
		a.Metrics = prometheus.NewRegistry()
	}
	sayItOurWay()
	mux := chi.NewMux()
	mux.Use(a.attend(newMeter(a.Metrics)), middleware.GetHead)
	mux.NotFound(func(w http.ResponseWriter, r *http.Request) { refuse(w, r, errRoute) })
	mux.MethodNotAllowed(otherMethods(mux))

	described := a.description()
	inside := mux.With(a.authenticated, a.limited, a.audited(described.OpenAPI), a.once)
	api := humachi.New(inside, described)
	a.me(api)
	a.organization(api)
	a.members(api)
	a.tokens(api)
	a.credentials(api)
	a.spaces(api)
	a.deletions(api)
	a.usage(api)
	a.exportSpaces(inside, api.OpenAPI())
	a.fields(api)
	a.identifiers(api)
	a.identify(api)
	a.channels(api)
	a.interactions(api)
	a.contacts(api)
	a.erasures(api)
	a.tagMany(api)
	a.imports(inside, api.OpenAPI())
	a.merges(api)
	a.unmerges(api)
	a.splits(api)
	a.history(api)
	a.changes(api)
	a.suggestions(api)
	a.inboxes(api)
	a.mailboxes(api)
	a.audit(api)
	a.found(mux, described)
	a.probes(mux, api.OpenAPI())
	complete(api.OpenAPI())
	a.docs(mux, api.OpenAPI()) // last, for it tells of all of them
	return mux
}

// operation routes an operation and describes it.
func operation[I, O any](api huma.API, op huma.Operation, do func(context.Context, *I) (*O, error)) {
	op.Security = tokens
	op.MaxBodyBytes = maxBody + 1 // the first size that is too large
	op.BodyReadTimeout = maxBodyTime
	op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusTooManyRequests)
	if op.Method != http.MethodGet {
		op.Parameters = append(op.Parameters, idempotencyKey)
	}
	if op.Method != http.MethodGet && op.Method != http.MethodDelete {
		op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		requestOf(ctx).understood()
		return do(ctx, in)
	})
}

// plain routes an operation that writes its answer itself, and describes it.
func plain(r chi.Router, doc *huma.OpenAPI, op huma.Operation, do http.HandlerFunc) {
	doc.AddOperation(&op)
	r.MethodFunc(op.Method, op.Path, do)
}
