package projections_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/adapters/memory"
	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/conversation"
	"skein/domain/intake"
	"skein/domain/mailbox"
	"skein/domain/space"
	"skein/projections"
)

// Messages of other channels that wait are counted by sender, until they are taken up.
func TestIntakes(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	p := &projections.Projector{Name: "mailboxes", Projection: projections.Mailboxes{}, DB: db}
	j := &memory.Journal{}
	ada, eve := intake.Key{Space: "lab", Sender: "ada"}, intake.Key{Space: "lab", Sender: "eve"}
	follow := func(key intake.Key, length uint64, events ...domain.Event) {
		t.Helper()
		at, err := j.Append(ctx, key.Stream(), length, by, events...)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Follow(ctx, projections.Page{Events: j.All(at - domain.Position(len(events))), End: at}); err != nil {
			t.Fatal(err)
		}
	}
	follow(ada, 0, intake.TurnedAway{Message: "1"}, intake.TurnedAway{Message: "2"})
	follow(eve, 0, intake.TurnedAway{Message: "3"}, intake.TakenUp{Messages: []conversation.MessageID{"3"}})
	follow(ada, 2, intake.TakenUp{Messages: []conversation.MessageID{"1"}})
	waiting, _, err := projections.Intakes(ctx, db, "lab", projections.Intake{})
	if err != nil || len(waiting) != 1 || waiting[0].Sender != "ada" {
		t.Error(waiting, err)
	}
	follow(ada, 3, intake.TakenUp{Messages: []conversation.MessageID{"2"}})
	if waiting, err := projections.IntakeSpaces(ctx, db); len(waiting) > 0 || err != nil {
		t.Error(waiting, err)
	}
}

// However many wait in a space, the next ones are listed, and every space is (C0-22).
func TestIntakesInTurn(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	if _, err := db.Exec(ctx, `
		INSERT INTO intakes SELECT 'lab', lpad(n::text, 3, '0'), 1, timestamptz '2026-01-05' + n / 7 * interval '1 microsecond' FROM generate_series(0, 249) n
		UNION ALL SELECT 'desk', 'ada', 1, timestamptz '2026-01-31' UNION ALL SELECT 'yard', 'eve', 1, timestamptz '2026-01-31'`); err != nil {
		t.Fatal(err)
	}
	spaces, err := projections.IntakeSpaces(ctx, db)
	if diff := cmp.Diff([]space.ID{"desk", "lab", "yard"}, spaces); diff != "" || err != nil {
		t.Error(diff, err)
	}
	var last projections.Intake
	for n, full := 0, true; full; {
		var next []projections.Intake
		if next, full, err = projections.Intakes(ctx, db, "lab", last); err != nil || full != (n < 200) {
			t.Fatalf("behind %d: %d, and full is %t, %v", n, len(next), full, err)
		}
		for _, one := range next {
			if want := fmt.Sprintf("%03d", n); one.Sender != want {
				t.Fatalf("%s comes where %s is to", one.Sender, want)
			}
			n++
		}
		last = next[len(next)-1]
	}
	if last.Sender != "249" {
		t.Errorf("the last one is %s", last.Sender)
	}
}

// What waits outside a space is counted by mailbox and by space, however the journal
// is cut into pages (C0-22).
func TestTurnedAway(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	key := mailbox.Key{Space: "lab", ID: "box"}
	j := &memory.Journal{}
	_, err := j.Append(ctx, key.Stream(), 0, by, []domain.Event{
		mailbox.Connected{Name: "us"},
		mailbox.MailTurnedAway{Folder: "INBOX", Validity: 7, UIDs: []uint32{2, 3, 5}},
		mailbox.FolderRead{Folder: "INBOX", Cursor: mailbox.Cursor{Validity: 7, UID: 5}, Messages: 5, Senders: 2},
		mailbox.MailTakenUp{Folder: "INBOX", UIDs: []uint32{2, 3}, Senders: 1, Skipped: 1},
	}...)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1, 2, 4} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			db := postgrestest.Open(t)
			p := &projections.Projector{Name: "mailboxes", Projection: projections.Mailboxes{}, DB: db}
			for all := j.All(0); len(all) > 0; all = all[size:] {
				if err := p.Follow(ctx, projections.Page{Events: all[:size], End: all[size-1].Position}); err != nil {
					t.Fatal(err)
				}
			}
			box, err := projections.OneMailbox(ctx, db, "lab", "box")
			if err != nil {
				t.Fatal(err)
			}
			got := box.Read[0]
			if diff := cmp.Diff([]int64{5, 3, 1, 1}, []int64{got.Messages, got.Senders, got.Skipped, got.TurnedAway}); diff != "" {
				t.Error(diff)
			}
			waiting, err := projections.WaitingMail(ctx, db)
			if diff := cmp.Diff([]projections.Waiting{{Mailbox: key}}, waiting); diff != "" || err != nil {
				t.Error(diff, err)
			}
		})
	}
}
