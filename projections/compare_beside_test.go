package projections_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/audit"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/credential"
	"skein/domain/erasure"
	"skein/domain/intake"
	"skein/domain/mailbox"
	"skein/domain/organization"
	"skein/domain/pair"
	"skein/domain/process"
	"skein/domain/space"
	"skein/projections"
)

// Nothing is found where nothing is wrong, while others write, and merge, and judge
// (D5-6).
func TestCompareBesideWriters(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	h := furnished(t, "w-")
	all := map[string]*projections.Projector{}
	for name, projection := range others {
		all[name] = &projections.Projector{Name: name, Projection: projection, DB: db}
	}
	writing, stop := context.WithCancel(t.Context())
	defer stop()
	tell := func(reached domain.Position) (end domain.Position) {
		for _, p := range all {
			end = follow(context.Background(), t, p, h.journal, reached)
		}
		return end
	}
	reached := tell(0)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 0; writing.Err() == nil; n++ {
			goOn(t, h, n)
			reached = tell(reached)
		}
	}()
	for range rounds(3, 50) {
		for name, p := range all {
			if all, at := compared(t, p, from(h.journal)); len(all) > 0 {
				t.Errorf("of %s at %d it is told that %v", name, at, all)
			}
		}
	}
	stop()
	<-done
}

// goOn lets something more happen of which each projection has something to tell.
func goOn(t rapidOrTest, h *house, n int) {
	in, id := h.room.ID, contact.ID(fmt.Sprint("n", n))
	h.record(t, contact.Key{Space: in, ID: id}.Stream(), contact.Created{Says: map[contact.Slot]string{"first_name": "Grace", "last_name": fmt.Sprint("Hopper", n%5)}})
	if n%3 == 0 {
		h.record(t, contact.Key{Space: in, ID: id}.Stream(), contact.Merged{Survivor: "a"})
	}
	h.record(t, pair.KeyOf(in, "b", id).Stream(), pair.JudgedDistinct{})
	h.record(t, mailbox.Key{Space: in, ID: "box"}.Stream(), mailbox.FolderRead{Folder: "INBOX", Cursor: mailbox.Cursor{Validity: 7, UID: uint32(n)}, Messages: 1})
	h.record(t, intake.Key{Space: in, Sender: "eve"}.Stream(), intake.TurnedAway{Message: conversation.MessageID(fmt.Sprint(n))})
	h.record(t, credential.ID("w-till").Stream(), credential.Rotated{})
	h.record(t, audit.Stream("w-", fmt.Sprint("n", n)), audit.Noted{Action: "putMember", Outcome: audit.Done})
	h.record(t, erasure.Key{Space: in, Contact: id}.Stream(), erasure.Erased{Members: []contact.ID{id}})
	h.record(t, process.Key{Space: in, ID: "one"}.Stream(), process.GoneOn{})
	h.record(t, in.Stream(), space.UserAssigned{User: organization.UserID(fmt.Sprint("user", n)), Role: space.Agent})
}

// Of a space that is deleted while it is compared, nothing is told, whether the tables
// show that by then or not: the journal may hold nothing of it any more (C0-29).
func TestCompareMeetsADeletion(t *testing.T) {
	t.Parallel()
	for name, projection := range others {
		for _, shown := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s shown %t", name, shown), func(t *testing.T) {
				t.Parallel()
				h := furnished(t, "g-")
				p := &projections.Projector{Name: name, Projection: projection, DB: postgrestest.Open(t)}
				end := follow(t.Context(), t, p, h.journal, 0)
				if err := projections.Park(t.Context(), p.DB, name, end, h.room.ID.Stream(), "space.edited", errors.New("no")); err != nil {
					t.Fatal(err)
				}
				deleted := false
				all, _ := compared(t, p, func(ctx context.Context, after domain.Position) iter.Seq2[domain.Recorded, error] {
					if !deleted {
						deleted = true
						if _, err := h.DeleteSpace(ctx, by, "g-", h.room.ID, "Lab"); err != nil {
							t.Error(err)
						}
						if history := h.journal.All(end); shown {
							if err := p.Follow(ctx, projections.Page{Events: history, End: history[len(history)-1].Position}); err != nil {
								t.Error(err)
							}
						}
					}
					history := h.journal.All(0)
					gone := streamsOf(history, h.room.ID)
					return listed(slices.DeleteFunc(history, func(r domain.Recorded) bool { return slices.Contains(gone, r.Stream) }))(ctx, after)
				})
				if len(all) > 0 {
					t.Errorf("it is told that %v", all)
				}
			})
		}
	}
}

// Events that cannot be read, that were passed over, or that cannot be taken in are told,
// each once, and the rest is compared; a journal that breaks off ends the comparison.
func TestCompareTellsOfEvents(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	h := furnished(t, "e-")
	box := mailbox.Key{Space: h.room.ID, ID: "box"}.Stream()
	p := &projections.Projector{Name: "mailboxes", Projection: projections.Mailboxes{}, DB: db}
	end := follow(t.Context(), t, p, h.journal, 0)
	history := h.journal.All(0)
	at := slices.IndexFunc(history, func(r domain.Recorded) bool { return r.Stream == box })
	broken := func(_ context.Context, after domain.Position) iter.Seq2[domain.Recorded, error] {
		return func(yield func(domain.Recorded, error) bool) {
			for i, r := range history {
				var err error
				if i == at {
					r.Event, err = nil, errors.New("no JSON")
				}
				if r.Position > after && !yield(r, err) {
					return
				}
			}
		}
	}
	here := fmt.Sprintf("journal %s %s at %d: ", h.room.ID, box, at+1)
	row := fmt.Sprintf("mailboxes %s box: ", h.room.ID)
	told := func(from projections.Journal, want ...string) {
		t.Helper()
		all, _ := compared(t, p, from)
		if diff := cmp.Diff(want, all, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("told otherwise (-want +got):\n%s", diff)
		}
	}
	told(from(h.journal))
	told(broken, here+"cannot be read", row+"is one too many")

	twice := slices.Insert(slices.Clone(history), at+1, history[at]) // that there is one mailbox twice no table allows
	for i := range twice[at+1:] {
		twice[at+1+i].Position++
	}
	if err := p.Follow(t.Context(), projections.Page{End: end + 20_000}); err != nil {
		t.Fatal(err)
	}
	told(listed(twice), fmt.Sprintf("journal %s %s at %d: cannot be taken in by mailboxes", h.room.ID, box, at+2))

	if err := projections.Park(t.Context(), db, "mailboxes", domain.Position(at+1), box, "mailbox.connected", errors.New("no")); err != nil {
		t.Fatal(err)
	}
	told(broken, here+"was passed over by mailboxes, so the tables do not show it", row+"is one too many")

	_, err := p.Compare(t.Context(), func(context.Context, domain.Position) iter.Seq2[domain.Recorded, error] {
		return func(yield func(domain.Recorded, error) bool) { yield(domain.Recorded{}, context.DeadlineExceeded) }
	}, nil, nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("of a journal that cannot be read it is said that %v", err)
	}
	var left int
	if err := db.QueryRow(t.Context(), `SELECT count(*) FROM pg_namespace WHERE nspname = current_schema() || '_verify_mailboxes'`).Scan(&left); err != nil || left > 0 {
		t.Errorf("%d schemas are left, %v", left, err)
	}
}
