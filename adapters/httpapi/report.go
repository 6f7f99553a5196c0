package httpapi

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"time"

	"skein/commands"
	"skein/domain"
)

// pace is how often an import says how far it is.
const pace = 500 * time.Millisecond

// report tells a client how an import goes, one JSON object a line. That the
// client is gone shows in the context of the request, and not here.
type report struct {
	out   http.ResponseWriter
	conn  *http.ResponseController
	json  *json.Encoder
	tally tally
	told  time.Time // when it was last sent on its way
}

type tally struct {
	Rows    int `json:"rows"`
	Created int `json:"created"`
	Refused int `json:"refused"`
}

// newReport begins the answer while the file still arrives. The connection ends
// with it: of a file that breaks off, nobody could tell what comes after it.
func newReport(w http.ResponseWriter, conn *http.ResponseController) *report {
	_ = conn.EnableFullDuplex() // HTTP/2 is so anyway
	w.Header().Set("Connection", "close")
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Trailer", "Journal-Position")
	w.WriteHeader(http.StatusOK)
	r := &report{out: w, conn: conn, json: json.NewEncoder(w)}
	r.flush()
	return r
}

// row tells what became of a row.
func (r *report) row(done commands.Imported) {
	defer r.writing()()
	r.tally.Rows++
	if done.Err == nil {
		r.tally.Created++
	} else {
		r.tally.Refused++
		_ = r.json.Encode(refusedRow(done))
	}
	if time.Since(r.told) >= pace {
		_ = r.json.Encode(map[string]tally{"progress": r.tally})
		r.flush()
	}
}

type refusedLine struct {
	Row   int               `json:"row"`
	Error map[string]string `json:"error"`
}

// refusedRow says why a row was refused, in the words of a problem.
func refusedRow(done commands.Imported) refusedLine {
	says := maps.Clone(done.Err.Names)
	if says == nil {
		says = map[string]string{}
	}
	says["code"], says["detail"] = done.Err.Code, done.Err.Message
	if done.Err.At != "" {
		says["pointer"] = done.Err.At
	}
	return refusedLine{done.Line, says}
}

type finished struct {
	tally
	Position domain.Position `json:"position"`
}

type brokenOff struct {
	Error    *problem `json:"error"`
	Progress tally    `json:"progress"`
}

// end tells how it all ended: well, or with err.
func (r *report) end(ctx context.Context, last domain.Position, err error) {
	defer r.writing()()
	if err != nil {
		_ = r.json.Encode(brokenOff{requestOf(ctx).problem(ctx, err), r.tally})
	} else {
		_ = r.json.Encode(map[string]finished{"done": {r.tally, last}})
	}
	r.out.Header().Set("Journal-Position", positionText(last))
	r.flush()
}

// writing bounds how long a client that takes nothing can hold up the import,
// until the function it returns is called.
func (r *report) writing() func() {
	_ = r.conn.SetWriteDeadline(time.Now().Add(silence))
	return func() { _ = r.conn.SetWriteDeadline(time.Time{}) }
}

func (r *report) flush() {
	_ = r.conn.Flush()
	r.told = time.Now()
}
