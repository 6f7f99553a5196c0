package httpapi

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/google/uuid"

	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/audit"
	"skein/domain/credential"
	"skein/domain/space"
)

// Bounds of a request, but for an import, which can be of any size.
const (
	maxBody     = 1 << 20
	maxBodyTime = 30 * time.Second
)

// request is what is known of a request while it is answered.
type request struct {
	id     string
	method string
	who    commands.Principal // once it is authenticated
	shown  credential.ID      // what it showed for that; none: a token of another issuer
	proof  proof              // the whole of what it showed
	space  space.ID           // once it has entered one
	read   bool               // its body was read and makes sense
	key    string             // hash of the key under which it takes effect once, if any
	ask    string             // hash of what it asks under the key
	out    *answer
	log    *slog.Logger

	address string      // where it comes from
	action  string      // id of the operation
	about   audit.About // what it speaks of, for the audit log
	refused string      // code of what it was refused with, if it was
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	return ctx.Value(requestKey{}).(*request)
}

// by says who asks, and on which occasion.
func by(ctx context.Context) domain.By {
	q := requestOf(ctx)
	return domain.By{Actor: q.who.Actor, Request: q.id, Correlation: q.id, Key: q.key, Ask: q.ask}
}

// understood ends the time in which the body had to arrive: what is done with
// it may take longer.
func (q *request) understood() {
	q.read = true
	_ = http.NewResponseController(q.out).SetReadDeadline(time.Time{}) // not every connection has one
}

var requestShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$`)

// attend gives every request its id, counts it, and answers it if all else fails.
func (a *API) attend(m *meter) func(http.Handler) http.Handler {
	log := cmp.Or(a.Log, slog.Default())
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			began := time.Now()
			out := &answer{ResponseWriter: w}
			q := &request{id: r.Header.Get("X-Request-Id"), method: r.Method, out: out, log: log, address: addressOf(r)}
			if !requestShape.MatchString(q.id) {
				q.id = uuid.Must(uuid.NewV7()).String()
			}
			h := w.Header()
			h["X-Request-Id"] = []string{q.id}
			h["X-Content-Type-Options"] = nosniff
			h["Cache-Control"] = noStore
			h["Content-Security-Policy"] = nothing
			r = r.WithContext(context.WithValue(r.Context(), requestKey{}, q))
			defer func() {
				fault := recover()
				if fault != nil && fault != http.ErrAbortHandler {
					log.ErrorContext(r.Context(), "request panicked", "request", q.id, "method", r.Method, "route", r.Pattern, "panic", fault, "stack", string(debug.Stack()))
					if out.status == 0 {
						refuse(out, r, errInternal)
						fault = nil
					}
				}
				m.count(r, out.status, time.Since(began))
				if fault != nil {
					panic(http.ErrAbortHandler) // the answer had begun: all that is left is to break it off
				}
			}()
			next.ServeHTTP(out, r)
		})
	}
}

var (
	nosniff = []string{"nosniff"}
	noStore = []string{"no-store"}
	nothing = []string{"default-src 'none'; frame-ancestors 'none'"}
)

// answer is an answer whose status is remembered.
type answer struct {
	http.ResponseWriter
	status int
	before func(status int) // called before anything of it is sent, if set
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if status >= http.StatusOK {
		a.begin(status)
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *answer) Write(data []byte) (int, error) {
	a.begin(http.StatusOK)
	return a.ResponseWriter.Write(data)
}

func (a *answer) begin(status int) {
	if a.status != 0 {
		return
	}
	a.status = status
	if a.before != nil {
		a.before(status)
	}
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// enter lets the one who asks into a space, for something their role includes. A
// space that is not theirs is unknown to them.
func (a *API) enter(ctx context.Context, id space.ID, to access.Action) (commands.Room, error) {
	q := requestOf(ctx)
	q.space = id
	return a.Commands.Enter(ctx, q.who, issued(id), to)
}

// issued is an id as somebody sent it. One that is not of the form of ours is
// exchanged for one that nobody is ever given, so that it is answered exactly as
// an unknown one.
func issued[ID ~string](id ID) ID {
	if u, err := uuid.Parse(string(id)); err == nil && u.String() == string(id) {
		return id
	}
	return ID(uuid.NewSHA1(uuid.Nil, []byte(id)).String())
}
