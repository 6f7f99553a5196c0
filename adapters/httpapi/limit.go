package httpapi

import (
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/go-chi/httprate"

	"skein/domain"
)

// maxFailures is how often a minute an address may fail to prove who asks.
const maxFailures = 10

var (
	errLimit    = domain.Refuse(domain.Forbidden, "rate_limited", "Too many requests are sent with this credential. Go on after as many seconds as Retry-After says.")
	errFailures = errLimit.Saying("Too many requests from this address do not prove who asks. Go on after as many seconds as Retry-After says, with a valid token.")
)

// limited counts requests by credential, and turns away those that are too many. Each
// answer says how many there may be in a minute, how many of them are left, and in
// how many seconds they are counted anew (draft-ietf-httpapi-ratelimit-headers-07).
func (a *API) limited(next http.Handler) http.Handler {
	if a.Limit <= 0 {
		return next
	}
	requests := httprate.NewRateLimiter(a.Limit, time.Minute, httprate.WithResponseHeaders(httprate.ResponseHeaders{
		Limit: "RateLimit-Limit", Remaining: "RateLimit-Remaining", Reset: "RateLimit-Reset",
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		over := requests.OnLimit(w, r, requestOf(r.Context()).sender())
		left := secondsUntil(w.Header().Get("RateLimit-Reset"))
		w.Header().Set("RateLimit-Reset", strconv.Itoa(left))
		if over {
			w.Header().Set("Retry-After", strconv.Itoa(left+60/a.Limit)) // the limit slides: a little later there is room for one
			refuse(w, r, errLimit)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// sender is whose requests are counted together: a credential's, or a user's who
// shows tokens of another issuer.
func (q *request) sender() string {
	if q.shown != "" {
		return string(q.shown)
	}
	return string(q.who.Organization) + "/" + string(q.who.Actor)
}

// secondsUntil is how long it is until a time in Unix seconds, rounded up: at most a
// minute.
func secondsUntil(unix string) int {
	at, _ := strconv.ParseInt(unix, 10, 64)
	return int(min(max(at-time.Now().Unix(), 0), 59)) + 1
}

// failures counts by address the requests that do not prove who asks. Where they
// are too many, only what was proven lately is looked at any more: nobody can try
// out tokens from there, and others behind the same proxy go on. Addresses are
// those of connections; what headers say of others can be made up.
type failures struct {
	limiter *httprate.RateLimiter
	mu      sync.RWMutex
	hashes  map[string]bool // of what was proven lately
}

// rememberProven is how much of what was proven is remembered at most.
const rememberProven = 8192

func newFailures() *failures {
	return &failures{
		limiter: httprate.NewRateLimiter(maxFailures, time.Minute, httprate.WithResponseHeaders(httprate.ResponseHeaders{RetryAfter: "Retry-After"})),
		hashes:  map[string]bool{},
	}
}

// spent reports whether what the request shows is not even looked at.
func (f *failures) spent(w http.ResponseWriter, r *http.Request, p proof) bool {
	_, rate, _ := f.limiter.Status(addressOf(r)) // counting in memory does not fail
	if rate <= maxFailures-0.5 {
		return false
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	return !f.hashes[p.hash] && f.count(w, r)
}

// count counts a failure, and reports whether there were too many already.
func (f *failures) count(w http.ResponseWriter, r *http.Request) bool {
	return f.limiter.OnLimit(w, r, addressOf(r))
}

func (f *failures) proven(p proof) {
	f.mu.RLock()
	known := f.hashes[p.hash]
	f.mu.RUnlock()
	if known {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.hashes) >= rememberProven {
		clear(f.hashes)
	}
	f.hashes[p.hash] = true
}

// addressOf is where the connection of a request comes from. All of a network that
// one client has to itself counts as one address (IPv6: /64).
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return httprate.CanonicalizeIP(host)
}
