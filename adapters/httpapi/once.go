package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"regexp"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain"
)

var (
	keyShape = regexp.MustCompile(`^[\x21-\x7e]{1,255}$`)

	errKey = domain.Refuse(domain.Invalid, "idempotency_key_invalid", "An Idempotency-Key has 1 to 255 printable ASCII characters without spaces. A UUID is a good one.")
)

// idempotencyKey describes the header.
var idempotencyKey = &huma.Param{
	Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: "string", MaxLength: new(255)},
	Description: "The same key with the same request takes effect once, however often it is sent, and is answered alike",
}

// once notes under which key a command is sent, if it is sent under one: the same
// key with the same request takes effect once and is answered alike, also after a
// restart. Keys are the sender's own; two senders may use the same.
func (a *API) once(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Idempotency-Key")
		if key == "" || r.Method == http.MethodGet || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		if !keyShape.MatchString(key) {
			refuse(w, r, errKey.Where("/Idempotency-Key"))
			return
		}
		ask := sha256.New()
		io.WriteString(ask, r.Method+" "+r.URL.RequestURI()+"\n")
		if r.Header.Get("Content-Type") != "text/csv" { // a file of any size is told apart by its rows
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(maxBodyTime)) // not every connection has one
			body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))                     // one more, so that too much is still too much
			if err != nil {
				refuse(w, r, errUnreadable)
				return
			}
			ask.Write(body)
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		q := requestOf(r.Context())
		q.key, q.ask = a.Commands.Hash("key", string(q.who.Organization), string(q.who.Actor), key), hex.EncodeToString(ask.Sum(nil)[:16])
		next.ServeHTTP(w, r)
	})
}
