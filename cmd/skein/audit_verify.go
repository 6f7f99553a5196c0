package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"skein/adapters/eventstore"
	"skein/commands"
	"skein/domain"
	"skein/domain/space"
	"skein/projections/verify"
)

// audits is what auditors do with an installation.
type audits struct {
	Verify auditVerify `cmd:"" help:"Tell every contact anew from the journal and compare it with the read models, field by field and counts, fill the other read models anew beside those in use and compare them row by row, and check that no event was altered. Runs beside a server. Fails if anything differs."`
}

// auditVerify compares the read models with the journal, and checks the journal.
type auditVerify struct {
	Space string `env:"SKEIN_SPACE" placeholder:"ID" help:"Look at one space only: at its contacts and all that is shown of them, and at its part of the journal. Other read models are compared only where all spaces are."`
	JSON  bool   `env:"SKEIN_JSON" help:"Print one JSON object a line: each difference, then the summary."`
}

// patience is how long whatever gives a contact an identifier may take to its end.
const patience = 11 * time.Second

// Run compares and checks, prints each difference on a line, and fails if there are any.
func (cmd auditVerify) Run(ctx context.Context, s *settings) (err error) {
	h, err := enter(ctx, s, withJournal, withDatabase)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	if err := h.sameJournal(ctx); err != nil {
		return err
	}
	do, err := h.commandsOn(ctx, s, nil)
	if err != nil {
		return err
	}
	v := verifying{house: h, do: do, settings: s, cmd: cmd, differ: map[string]bool{}}
	return v.run(ctx)
}

// verifying is a verification and what it prints.
type verifying struct {
	*house
	do       *commands.Handler
	settings *settings
	cmd      auditVerify
	differ   map[string]bool // where something differs: tables, journal or identifiers
	broken   error           // of the printing
}

// verified is the summary of a verification.
type verified struct {
	verify.Summary
	Tables  []string        `json:"tables"` // that were compared
	End     domain.Position `json:"journal_end"`
	Events  int             `json:"events"`
	Streams int             `json:"streams"`
	Hashed  int             `json:"hashed"`                 // events that carry a hash
	Since   domain.Position `json:"hashed_since,omitempty"` // the first of them
	Seconds float64         `json:"seconds"`

	After *domain.Position `json:"hashed_after"` // a position after which all have to carry one; nil: that is not known
}

func (v *verifying) run(ctx context.Context) error {
	began := time.Now()
	end, err := v.journal.End(ctx)
	if err != nil {
		return err
	}
	var done verified
	if done.Summary, err = v.compare(ctx, end); err != nil {
		return err
	}
	seconds := time.Since(began).Seconds()
	if err := v.tables(ctx, end, &done); err != nil {
		return err
	}
	checked, err := v.chains(ctx, end, &done)
	if err != nil {
		return fmt.Errorf("chains of the journal: %w", err)
	}
	done.End, done.Events, done.Streams, done.Hashed, done.Since = end, checked.Events, checked.Streams, checked.Linked, checked.Since
	done.Seconds = time.Since(began).Seconds()
	if err := errors.Join(v.broken, v.sum(done, seconds)); err != nil {
		return err
	}
	if done.Differences > 0 {
		return fmt.Errorf("%d differences: %s", done.Differences, v.advice())
	}
	return nil
}

// chains checks that no event was altered.
func (v *verifying) chains(ctx context.Context, end domain.Position, done *verified) (checked eventstore.Checked, err error) {
	if done.After, err = v.chainedSince(ctx); err != nil {
		return checked, err
	}
	differs := func(where string, d verify.Difference) {
		done.Differences++
		v.differ[where] = true
		v.print(d)
	}
	after := eventstore.NotKnown
	if done.After == nil {
		differs(unhashed, verify.Difference{In: "journal", Wrong: "it is not known since when its events carry hashes"})
	} else {
		after = *done.After
	}
	return v.journal.CheckChains(ctx, after, end, func(b eventstore.Broken) {
		differs(hashes, verify.Difference{In: "journal", ID: fmt.Sprintf("%d@%s", b.Revision, b.Stream), Position: b.Position, Wrong: "the event " + b.Wrong})
	}, v.prefixes()...)
}

// compare compares the read models.
func (v *verifying) compare(ctx context.Context, end domain.Position) (verify.Summary, error) {
	what, shown, wait := "", bar{}, patience
	if v.node != nil {
		wait = 0 // nobody else writes
	}
	defer func() { shown.done() }()
	return verify.Verification{
		DB: v.db, Journal: v.journal.Sift, End: v.journal.End, Hash: v.do.Hash, Space: space.ID(v.cmd.Space),
		Tell: v.tell, Patience: wait,
		Reach: func(now string, at domain.Position) {
			if now != what {
				shown.done()
				what, shown = now, v.settings.bar(int64(end), now)
			}
			shown.reach(int64(at))
		},
	}.Run(ctx)
}

// prefixes are those of the streams whose events are checked; none: all.
func (v *verifying) prefixes() (prefixes []string) {
	in := v.cmd.Space
	if in == "" {
		return nil
	}
	for _, category := range []string{"contact", "conversation", "identifier", "inbox", "mailbox", "intake", "pair", "process", "erasure", "kept"} {
		prefixes = append(prefixes, category+"-"+in+".")
	}
	return append(prefixes, "space-"+in)
}

// tell prints a difference of the read models.
func (v *verifying) tell(d verify.Difference) {
	v.differ[d.In] = true
	v.print(d)
}

// print prints a difference.
func (v *verifying) print(d verify.Difference) {
	var err error
	if v.cmd.JSON {
		err = json.NewEncoder(v.settings.out).Encode(d)
	} else {
		_, err = fmt.Fprintln(v.settings.out, d)
	}
	v.broken = errors.Join(v.broken, err)
}

// sum prints what was compared, the contacts in so many seconds.
func (v *verifying) sum(done verified, seconds float64) error {
	out := v.settings.out
	if v.cmd.JSON {
		return json.NewEncoder(out).Encode(done)
	}
	lines := []string{
		fmt.Sprintf("%d contacts of %d spaces told anew in %.1f s (%.0f a second), %d of them stand; %d interactions, %d merges, %d splits, %d inboxes, %d identifiers",
			done.Contacts, done.Spaces, seconds, float64(done.Contacts)/seconds, done.Standing, done.Interactions, done.Merges, done.Splits, done.Inboxes, done.Identifiers),
		"Tables compared: " + strings.Join(done.Tables, ", "),
		fmt.Sprintf("%d events in %d streams up to position %d, %d of them carry a hash", done.Events, done.Streams, done.End, done.Hashed) + done.since(),
	}
	if done.End > done.Position {
		lines = append(lines, fmt.Sprintf("The read models were compared at position %d", done.Position))
	}
	if done.Differences == 0 {
		lines = append(lines, "All is as the journal tells")
	}
	for _, line := range lines {
		if _, err := io.WriteString(out, line+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// since says since when events carry hashes.
func (done verified) since() string {
	if done.After == nil {
		return ""
	}
	return fmt.Sprintf(", as all have to after position %d", *done.After)
}
