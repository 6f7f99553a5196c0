package commands_test

import (
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"skein/adapters/eventnode"
	"skein/adapters/eventstore"
	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/identifier"
	"skein/domain/organization"
	"skein/domain/space"
)

// onNode is build on an event node.
func onNode(b *testing.B, unique ...space.Identifier) (*commands.Handler, commands.Room) {
	b.Helper()
	log := slog.New(slog.DiscardHandler)
	node, err := eventnode.Start(eventnode.Config{Dir: b.TempDir(), Log: log})
	if err != nil {
		b.Fatal(err)
	}
	conn, err := eventstore.Dial(node.Target(), log)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close(); _ = node.Close() })
	codec := domain.NewCodec(organization.Facts, space.Facts, contact.Facts, conversation.Facts, identifier.Facts)
	h := &commands.Handler{
		Journal: eventstore.NewJournal(conn, codec), Now: time.Now, Hash: sum,
		NewID: func() string { return uuid.Must(uuid.NewV7()).String() },
	}
	if _, err := h.FoundOrganization(b.Context(), by, "engines", organization.Found{Name: "Engines"}); err != nil {
		b.Fatal(err)
	}
	id, _, err := h.CreateSpace(b.Context(), by, space.Create{Organization: "engines", Name: "Lab", Unique: unique})
	if err != nil {
		b.Fatal(err)
	}
	room, err := h.SpaceOf(b.Context(), "engines", id)
	if err != nil {
		b.Fatal(err)
	}
	return h, room
}

// side calls do for each of b.N numbers, so many at a time.
func side(b *testing.B, clients int, do func(client, n int) error) {
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for client := range clients {
		all.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				if err := do(client, int(n)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
}

// Each client edits a contact of its own that has a history already.
func BenchmarkEdit(b *testing.B) {
	for _, clients := range []int{1, 32} {
		for _, events := range []int{1, 100, 1000} {
			b.Run(fmt.Sprint(clients, "x", events), func(b *testing.B) {
				h, room := onNode(b)
				ids := make([]contact.ID, clients)
				for i := range ids {
					ids[i] = contact.ID(h.NewID())
					history := []domain.Event{contact.Created{Says: map[contact.Slot]string{"first_name": "Ada", "email": fmt.Sprint(i, "@example.org")}}}
					for n := 1; n < events; n++ {
						history = append(history, contact.Edited{Says: map[contact.Slot]string{"language": "en", "country": fmt.Sprint(n)}})
					}
					if _, err := h.Journal.Append(b.Context(), contact.Key{Space: room.ID, ID: ids[i]}.Stream(), 0, by, history...); err != nil {
						b.Fatal(err)
					}
				}
				side(b, clients, func(client, n int) error {
					_, err := h.EditContact(b.Context(), by, room, ids[client], contact.Edit{Fields: map[string]string{"country": fmt.Sprint(n)}})
					return err
				})
			})
		}
	}
}

// Contacts are made whose email addresses name one each.
func BenchmarkCreate(b *testing.B) {
	for _, clients := range []int{1, 32} {
		b.Run(fmt.Sprint(clients), func(b *testing.B) {
			h, room := onNode(b, space.Email)
			side(b, clients, func(_, n int) error {
				_, _, err := h.CreateContact(b.Context(), by, room, contact.Create{Fields: map[string]string{"first_name": "Ada", "email": fmt.Sprintf("p%d@example.org", n)}})
				return err
			})
		})
	}
}

// A message comes into a conversation with many of them.
func BenchmarkReceive(b *testing.B) {
	for _, messages := range []int{10, 1000, 100_000} {
		b.Run(fmt.Sprint(messages), func(b *testing.B) {
			h, room := onNode(b, space.Email)
			id, _, err := h.CreateContact(b.Context(), by, room, contact.Create{Fields: map[string]string{"email": "ada@example.org"}})
			if err != nil {
				b.Fatal(err)
			}
			mail := func(n int) commands.Mailed {
				return commands.Mailed{Identity: sum(fmt.Sprint(n)), Email: "ada@example.org", At: time.Now()}
			}
			s := conversation.Stream(contact.Key{Space: room.ID, ID: id})
			for n := 0; n < messages; {
				var some []domain.Event
				from := n
				for ; n < min(messages, from+1000); n++ {
					some = append(some, conversation.MessageReceived{Message: conversation.MessageID(mail(n).Identity), Channel: "email", Identity: "ada@example.org", At: time.Now()})
				}
				if _, err := h.Journal.Append(b.Context(), s, uint64(from), by, some...); err != nil {
					b.Fatal(err)
				}
			}
			if err := h.Receive(b.Context(), by, room, mail(-1)); err != nil { // the first one reads it all
				b.Fatal(err)
			}
			side(b, 1, func(_, n int) error { return h.Receive(b.Context(), by, room, mail(messages+n)) })
		})
	}
}
