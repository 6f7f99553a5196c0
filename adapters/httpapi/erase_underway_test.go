package httpapi_test

import (
	"context"
	"iter"
	"net/http"
	"testing"

	"skein/commands"
	"skein/domain"
)

// unquiet is a journal of which nothing can be redacted just now.
type unquiet struct {
	commands.Ground
	begun bool // nor can it be told what was begun
}

func (unquiet) Redact(context.Context, domain.Stream, []domain.Recorded, bool) error {
	return commands.ErrUnderway
}

func (u unquiet) Begun(ctx context.Context, after domain.Position, prefixes ...string) iter.Seq2[domain.Recorded, error] {
	if !u.begun {
		return u.Ground.Begun(ctx, after, prefixes...)
	}
	return func(yield func(domain.Recorded, error) bool) { yield(domain.Recorded{}, commands.ErrUnderway) }
}

// An erasure that cannot come to its end at once is accepted as soon as the contact is
// deleted, for then nobody can take it back; and whatever is answered to be under way is in
// the audit log (D5-4).
func TestErasureUnderway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		begun         bool
		status, after int
		noted         string
	}{
		{false, http.StatusAccepted, http.StatusGone, "ada eraseContact done"},
		{true, http.StatusConflict, http.StatusOK, "ada eraseContact failed underway"},
	} {
		w := newWorld(t)
		ada := w.contact(`{"first_name":"Ada"}`)
		token := w.want(http.StatusOK, w.ask("POST", contacts+ada+"/erase/preview", "")).at("token")
		w.Commands.Ground = unquiet{w.journal, c.begun}
		w.want(c.status, w.ask("POST", contacts+ada+"/erase", `{"token":"`+token+`"}`))
		w.want(c.after, w.ask("GET", contacts+ada, ""))
		if now := w.entries("")[0]; now != c.noted {
			t.Errorf("the audit log has %q", now)
		}
	}
}
