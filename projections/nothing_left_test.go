package projections_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/intake"
	"skein/projections"
)

// planted is in all that a contact and its part are and say, and nowhere else.
const planted = "planted"

// plant lets ada be somebody of whom every table tells: she has a part, is suggested to be
// another one, was split off a donor, took over what was said with a mate, and was one
// with eve.
func (h *house) plant(t *testing.T) {
	key := func(id contact.ID) contact.Key { return contact.Key{Space: h.room.ID, ID: id} }
	say := func(id contact.ID, events ...domain.Event) { h.record(t, key(id).Stream(), events...) }
	chat := contact.Identity{Channel: "chat", Of: planted}
	said := func(name string) []domain.Event {
		id, at := conversation.MessageID(planted+name), h.Now()
		return []domain.Event{
			conversation.Opened{Channel: "chat", At: at},
			conversation.MessageReceived{Message: id, Channel: "chat", Identity: planted, Subject: planted, Text: planted, At: at},
			conversation.MessageSent{Message: id + "2", Channel: "chat", Identity: planted, Text: planted, At: at},
			conversation.Commented{Comment: id, Text: planted, At: at},
			conversation.EventNoted{Event: id, Name: planted, Data: map[string]string{planted: planted}, Channel: "chat", Identity: planted, At: at},
			conversation.Closed{Channel: "chat", Reason: planted, At: at},
		}
	}
	grace := map[contact.Slot]string{"first_name": "Grace", "last_name": "Hopper", "country": "US"}
	say("twin", contact.Created{Says: grace})
	say("mate", contact.Created{Says: grace})
	say("eve", contact.Created{Says: grace})
	h.record(t, conversation.Stream(key("mate")), said("mate")[1:5]...) // all but what is opened and closed can be taken over
	say("donor", contact.Created{Says: map[contact.Slot]string{"first_name": "Don", chat.Slot(): "on", "#" + planted: "on"}},
		contact.Split{Into: "ada", Says: map[contact.Slot]string{chat.Slot(): "on", "#" + planted: "on"}, Identities: []contact.Identity{chat}})
	say("ada", contact.Created{Of: "donor", Origin: contact.BySplit, Says: map[contact.Slot]string{
		"first_name": "Grace", "last_name": "Hopper", "email": planted + "@example.org", "phone": "+49 " + planted, chat.Slot(): "on", "#" + planted: "on",
	}}, contact.InteractionsTaken{
		From: []contact.ID{"mate"}, Identities: []contact.Identity{chat}, Interactions: []contact.Ref{"message plantedmate", "comment plantedmate"},
		Got: map[string]contact.Touch{string(chat.Slot()): {Last: h.Now(), Of: "message plantedmate"}},
	})
	h.record(t, conversation.Stream(key("ada")), said("ada")...)
	for _, id := range []contact.ID{"mate", "eve"} {
		say(id, contact.Merged{Survivor: "ada"}, contact.Unmerged{Survivor: "ada"})
	}
	say("part", contact.Created{Says: map[contact.Slot]string{"first_name": planted, "last_name": planted, "#" + planted: "on"}},
		contact.Split{Into: "nobody", Says: map[contact.Slot]string{"#" + planted: "on"}},
		contact.Merged{Survivor: "ada", Choices: map[string]contact.Choice{"#" + planted: contact.Survivors, string(chat.Slot()): contact.Survivors}})
	h.record(t, conversation.Stream(key("part")), said("part")...)
	h.record(t, intake.Key{Space: h.room.ID, Sender: digest(planted)}.Stream(), intake.TurnedAway{Message: planted, Channel: "chat", Identity: planted})
}

// Nothing of a contact that was deleted is left in any column of any table, but what others
// say of whom they gave it to; once it is erased, nothing is left there either, nor in any
// table that is told anew (C2-15, D1-14).
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	db, again := postgrestest.Open(t), postgrestest.Open(t)
	h := build(t, "left-")
	var followers []*projections.Projector
	for _, all := range []map[string]projections.Projection{all, others} {
		for name, projection := range all {
			followers = append(followers, &projections.Projector{Name: name, Projection: projection, DB: db})
		}
	}
	h.erases(t, postgrestest.Open(t), "asked", followers...)
	h.plant(t)
	left := func(db *pgxpool.Pool, want ...string) {
		t.Helper()
		for _, p := range followers {
			anew := &projections.Projector{Name: p.Name, Projection: p.Projection, DB: db}
			at, err := anew.Checkpoint(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			follow(t.Context(), t, anew, h.journal, at)
		}
		if diff := cmp.Diff(want, tablesWith(t, db, planted), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("it is in others (-want +got):\n%s", diff)
		}
	}
	ada := contact.Key{Space: h.room.ID, ID: "ada"}
	if err := projections.Park(t.Context(), db, "suggestions", 1, ada.Stream(), "contact.created", errors.New(planted)); err != nil {
		t.Fatal(err)
	}
	left(db, "contact_stories", "contacts", "interactions", "parked_events", "suggestion_people", "suggestion_stories")
	h.record(t, ada.Stream(), contact.Deleted{})
	left(db, "contact_stories donor", "parked_events", "suggestion_stories donor")
	h.erase(t.Context(), t, ada.ID)
	left(db)
	left(again)
	for _, r := range h.journal.All(0) {
		if text := strings.ToLower(fmt.Sprintf("%+v", r)); strings.Contains(text, planted) {
			t.Errorf("it is in the journal: %s", text)
		}
	}
}

// tablesWith are the tables that hold a text, and of those stories that no deleted contact
// has only whose they are.
func tablesWith(t *testing.T, db *pgxpool.Pool, text string) (found []string) {
	t.Helper()
	rows, err := db.Query(t.Context(), `SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		rows, err := db.Query(t.Context(), `SELECT coalesce(to_jsonb(t) ->> 'id', '') FROM `+table+` t WHERE t::text ILIKE '%' || $1 || '%' ORDER BY 1`, text)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case slices.Equal(ids, []string{"donor"}):
			found = append(found, table+" donor")
		case len(ids) > 0:
			found = append(found, table)
		}
	}
	return found
}
