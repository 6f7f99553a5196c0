package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"

	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/erasure"
	"skein/domain/inbox"
	"skein/domain/intake"
	"skein/domain/mailbox"
	"skein/domain/organization"
	"skein/domain/pair"
	"skein/domain/space"
)

// Records is a journal in which can be looked up what happened in many streams.
type Records interface {
	// Within yields the events of all streams whose name has one of the prefixes, in
	// the order of the journal, up to a position. Tombstoned streams may be missing. An
	// event that cannot be read comes with its error, and is the last one.
	Within(ctx context.Context, until domain.Position, prefixes ...string) iter.Seq2[domain.Recorded, error]
}

// ArchiveFormat is the version of how a space is kept in an archive. It grows when
// archives are written that older programs would read otherwise than they are meant.
const ArchiveFormat = 1

// Archive is what an archive says of its space: all of it that is no event.
type Archive struct {
	Format       int                `json:"format"`
	ID           string             `json:"archive"` // no other archive has it
	Organization organization.ID    `json:"organization"`
	Space        space.ID           `json:"space"`
	Name         string             `json:"name"`
	Exported     time.Time          `json:"exported"`
	Position     domain.Position    `json:"position"` // in the journal it comes from
	Identifiers  []space.Identifier `json:"identifiers"`
	Identified   bool               `json:"identifiers_changed"` // they were others once
	Fields       []space.Field      `json:"fields"`
	Channels     []space.Channel    `json:"channels,omitempty"`
	AutoMerge    bool               `json:"auto_merge,omitempty"`
	Limit        space.Limit        `json:"contact_limit"`
	Events       int                `json:"events"`
	Contacts     int                `json:"contacts"`
}

// Archived is an event as an archive keeps it.
type Archived struct {
	Position domain.Position `json:"position"`
	Stream   domain.Stream   `json:"stream"`
	Revision uint64          `json:"revision"`
	Kind     string          `json:"kind"`
	At       time.Time       `json:"at"`
	By       domain.By       `json:"by"`
	Data     json.RawMessage `json:"data"`
}

// EnterToExport lets who take a whole space along: those who administer the
// organization, and the owners of the space. A user_admin may delete a space and not
// export it, for an export shows contacts. No plan withholds it, and to all others it
// is the same whether there is such a space.
func (h *Handler) EnterToExport(ctx context.Context, who Principal, of organization.ID, id space.ID) (Room, error) {
	if who.Organization != of || who.Space != "" {
		return Room{}, organization.ErrUnknown
	}
	org, err := recall(ctx, h, of.Stream(), organization.Evolve)
	if err != nil {
		return Room{}, err
	}
	room, err := h.SpaceOf(ctx, of, id)
	if err != nil {
		room = Room{} // one that was deleted has no owners any more
	}
	refused := access.AllowIn(access.PostIn(room.Space, org.state, who.user()), access.ExportSpace)
	if refused != nil {
		return Room{}, refused
	}
	return room, err
}

// Archive is what an archive of a room says of its space as it was at a position.
func (h *Handler) Archive(ctx context.Context, in Room, until domain.Position) (Archive, error) {
	a := Archive{Format: ArchiveFormat, ID: h.NewID(), Space: in.ID, Exported: h.Now().UTC(), Position: until}
	var was space.Space
	for r, err := range h.Journal.Read(ctx, in.ID.Stream(), 0) {
		if err != nil {
			return a, unreadable(in.ID.Stream(), err)
		}
		if e, ok := r.Event.(space.Event); ok && r.Position <= until {
			was = space.Evolve(was, e, r.Moment)
		}
	}
	a.Organization, a.Name, a.Identifiers, a.Fields, a.Limit = was.Organization, was.Name, was.Unique, was.Fields, was.Limit
	a.Channels, a.AutoMerge, a.Identified = was.Channels, was.AutoMerge, was.Identified > 0
	return a, nil
}

// ExportSpace yields all that happened in a room up to a position, in the order of the
// journal. Claims of identifiers are not told, for their streams are named under the
// keys of the installation and follow from the contacts; nor are credentials, and
// nothing that is told has a secret in it.
func (h *Handler) ExportSpace(ctx context.Context, from Records, in Room, until domain.Position) iter.Seq2[Archived, error] {
	return func(yield func(Archived, error) bool) {
		prefixes := append(archived(in.ID), string(in.ID.Stream()))
		for r, err := range from.Within(ctx, until, prefixes...) {
			if r.Stream.Category() == "space" && r.Stream != in.ID.Stream() {
				continue // the name of another one begins like this
			}
			var one Archived
			if err == nil {
				one, err = archive(r)
			}
			if !yield(one, err) || err != nil {
				return
			}
		}
	}
}

// archived are the prefixes of the streams in a space that an archive has.
func archived(id space.ID) (prefixes []string) {
	for _, s := range []domain.Stream{
		contact.Key{Space: id}.Stream(),
		conversation.Stream(contact.Key{Space: id}),
		inbox.Key{Space: id}.Stream(),
		mailbox.Key{Space: id}.Stream(),
		pair.Key{Space: id}.Stream(),
		intake.Key{Space: id}.Stream(),
		erasure.Key{Space: id}.Stream(),
	} {
		prefixes = append(prefixes, strings.TrimRight(string(s), ".")+".")
	}
	return prefixes
}

// archive is an event as an archive keeps it. The keys that commands took effect under
// mean something only where they were sent.
func archive(r domain.Recorded) (Archived, error) {
	data, err := json.Marshal(unsealed(r.Event))
	if err != nil {
		return Archived{}, fmt.Errorf("event %d of %s: %w", r.Revision, r.Stream, err)
	}
	return Archived{r.Position, r.Stream, r.Revision, r.Kind(), r.At, natural(r.By), data}, nil
}

// unsealed is an event without the secrets in it.
func unsealed(e domain.Event) domain.Event {
	if connected, ok := e.(mailbox.Connected); ok {
		connected.Sealed = nil
		return connected
	}
	return e
}
