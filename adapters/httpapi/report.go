package httpapi

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"time"

	"skein/domain"
)

// pace is how often a report says how far it is.
const pace = 500 * time.Millisecond

// report tells a client how something goes, one JSON object a line, with a tally. That
// the client is gone shows in the context of the request, and not here.
type report[T any] struct {
	out   http.ResponseWriter
	conn  *http.ResponseController
	json  *json.Encoder
	tally T
	told  time.Time // when it was last sent on its way
}

func newReport[T any](w http.ResponseWriter, conn *http.ResponseController) report[T] {
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Trailer", "Journal-Position")
	w.WriteHeader(http.StatusOK)
	r := report[T]{out: w, conn: conn, json: json.NewEncoder(w)}
	r.flush()
	return r
}

// progress says how far it is, if it is time to.
func (r *report[T]) progress() {
	if time.Since(r.told) >= pace {
		_ = r.json.Encode(map[string]T{"progress": r.tally})
		r.flush()
	}
}

type brokenOff[T any] struct {
	Error    *problem `json:"error"`
	Progress T        `json:"progress"`
}

// end tells how it all ended at a position: as the tally says, or before that with err.
func (r *report[T]) end(ctx context.Context, last domain.Position, err error) {
	defer r.writing()()
	if err != nil {
		_ = r.json.Encode(brokenOff[T]{requestOf(ctx).problem(ctx, err), r.tally})
	} else {
		_ = r.json.Encode(map[string]T{"done": r.tally})
	}
	r.out.Header().Set("Journal-Position", positionText(last))
	r.flush()
}

// writing bounds how long a client that takes nothing can hold up what is reported,
// until the function it returns is called.
func (r *report[T]) writing() func() {
	_ = r.conn.SetWriteDeadline(time.Now().Add(silence))
	return func() { _ = r.conn.SetWriteDeadline(time.Time{}) }
}

func (r *report[T]) flush() {
	_ = r.conn.Flush()
	r.told = time.Now()
}

// wordsOf is a refusal in the words of a problem, for one of many.
func wordsOf(refused *domain.Refusal) map[string]string {
	says := maps.Clone(refused.Names)
	if says == nil {
		says = map[string]string{}
	}
	says["code"], says["detail"] = refused.Code, refused.Message
	if refused.At != "" {
		says["pointer"] = refused.At
	}
	return says
}
