package httpapi

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"skein/commands"
	"skein/domain/audit"
)

// audited notes in the audit log of their organization what those who asked did or
// were refused. The entry is kept before the answer begins: whoever has the answer
// finds the entry.
func (a *API) audited(doc *huma.OpenAPI) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			q := requestOf(r.Context())
			q.action, q.about = actionOf(doc, r), aboutPath(chi.RouteContext(r.Context()))
			q.out.before = func(status int) {
				if outcome, worth := q.outcome(status); worth {
					a.note(r.Context(), outcome)
				}
			}
			next.ServeHTTP(w, r)
		})
	}
}

// actionOf is the id of the operation that a request was routed to.
func actionOf(doc *huma.OpenAPI, r *http.Request) string {
	item := doc.Paths[chi.RouteContext(r.Context()).RoutePattern()]
	if item == nil {
		return ""
	}
	op := map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodHead: item.Get, http.MethodPost: item.Post,
		http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
	}[r.Method]
	if op == nil {
		return ""
	}
	return op.OperationID
}

// outcome is what came of a request that is answered with a status, and whether it
// is worth an entry. What is wrong with a request, whoever sends it, is not.
func (q *request) outcome(status int) (audit.Outcome, bool) {
	how := notings[q.action]
	switch {
	case status < http.StatusBadRequest:
		return audit.Done, how == noted
	case status == http.StatusPaymentRequired, status == http.StatusForbidden:
		return audit.Refused, true
	case status == http.StatusNotFound:
		return audit.Refused, how != onlyRefused || slices.Contains(elsewhere, q.refused)
	case status == statusNobodyWaits, status == http.StatusInternalServerError, q.refused == commands.ErrUnderway.Code:
		return audit.Failed, how == noted
	}
	return "", false
}

// note adds an entry of what came of a request to the audit log. What is done stays
// done if that fails: the journal has it in any case.
func (a *API) note(ctx context.Context, outcome audit.Outcome) {
	q := requestOf(ctx)
	if q.who.Organization == "" {
		return // nobody's
	}
	if outcome == audit.Refused && !a.attempts.few(q.who, a.Commands.Now()) {
		return
	}
	if err := a.keepEntry(ctx, outcome); err != nil {
		q.log.ErrorContext(ctx, "audit entry is not kept", "request", q.id, "actor", q.who.Actor, "action", q.action, "outcome", outcome, "error", err)
	}
}

// noteExport notes an export, before anything of it is sent. An export that cannot
// be noted is not made.
func (a *API) noteExport(ctx context.Context) error { return a.keepEntry(ctx, audit.Done) }

// keepTime is how long an answer waits for its entry in the audit log.
const keepTime = 5 * time.Second

func (a *API) keepEntry(ctx context.Context, outcome audit.Outcome) error {
	q := requestOf(ctx)
	entry := audit.Noted{Action: q.action, Outcome: outcome, Address: q.address, About: q.about}
	if outcome != audit.Done {
		entry.Code = q.refused
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), keepTime) // also if nobody waits for the answer
	defer stop()
	return a.Commands.Note(ctx, by(ctx), q.who.Organization, entry)
}
