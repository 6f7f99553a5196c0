package httpapi

import (
	"context"
	"net/http"

	"skein/commands"
	"skein/domain"
)

// importReport tells a client how an import goes.
type importReport struct{ report[tally] }

type tally struct {
	Rows     int              `json:"rows"`
	Created  int              `json:"created"`
	Refused  int              `json:"refused"`
	Position *domain.Position `json:"position,omitempty"` // once it is done
}

// newImportReport begins the answer while the file still arrives. The connection ends
// with it: of a file that breaks off, nobody could tell what comes after it.
func newImportReport(w http.ResponseWriter, conn *http.ResponseController) *importReport {
	_ = conn.EnableFullDuplex() // HTTP/2 is so anyway
	w.Header().Set("Connection", "close")
	return &importReport{newReport[tally](w, conn)}
}

type refusedLine struct {
	Row   int               `json:"row"`
	Error map[string]string `json:"error"`
}

// row tells what became of a row.
func (r *importReport) row(done commands.Imported) {
	defer r.writing()()
	r.tally.Rows++
	if done.Err == nil {
		r.tally.Created++
	} else {
		r.tally.Refused++
		_ = r.json.Encode(refusedLine{done.Line, wordsOf(done.Err)})
	}
	r.progress()
}

// end tells how it all ended: well, or with err.
func (r *importReport) end(ctx context.Context, last domain.Position, err error) {
	if err == nil {
		r.tally.Position = &last
	}
	r.report.end(ctx, last, err)
}
