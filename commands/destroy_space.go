package commands

import (
	"context"
	"iter"
	"strings"
	"time"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/credential"
	"skein/domain/erasure"
	"skein/domain/identifier"
	"skein/domain/inbox"
	"skein/domain/intake"
	"skein/domain/mailbox"
	"skein/domain/organization"
	"skein/domain/pair"
	"skein/domain/process"
	"skein/domain/space"
)

// Ground is a journal whose streams can be destroyed.
type Ground interface {
	// Begun yields the first event of each stream whose name has one of the
	// prefixes and that was begun after a position, oldest first, up to the end of
	// the journal as it is at the beginning. Tombstoned streams may be among them. An
	// event that cannot be read comes with its stream and position alone.
	Begun(ctx context.Context, after domain.Position, prefixes ...string) iter.Seq2[domain.Recorded, error]

	// Tombstone deletes a stream for ever, whatever it holds, also one that was
	// never written. One that is tombstoned already stays so.
	Tombstone(ctx context.Context, s domain.Stream) error

	// Redact lets the events of a stream, from its first one up to the last one that is
	// told, be read as they are told from now on, by whoever reads them and from
	// wherever. What they held before is in no file of the journal any more after the
	// next scavenge. They keep their places, revisions and moments.
	//
	// In a stream that is closed by it nothing can be recorded any more; if that one is
	// longer than what is told it returns ErrMovedOn and has done nothing. Any other
	// stream has to be longer, by at least one event. It may stop anywhere and be done
	// again, and a stream can be redacted again further on.
	Redact(ctx context.Context, s domain.Stream, told []domain.Recorded, closed bool) error
}

// Deletion is a space that was deleted.
type Deletion struct {
	Organization organization.ID
	Space        space.ID
	Position     domain.Position // of its deletion
	At           time.Time
}

// credentials is the prefix of the names of their streams. Only the first event says
// whose a credential is.
const credentials = "credential-"

// holds reports whether a stream belongs to the space, by its first event.
func (d Deletion) holds(first domain.Recorded) bool {
	e, issued := first.Event.(credential.Issued)
	return first.Stream.Category() != "credential" || issued && e.Space == d.Space
}

// Settled is how long after its deletion a space can still be written to, by
// commands that had begun before: as long as they believe what they remember, as
// long as an append is tried, and as long again for clocks that disagree.
const Settled = trusted + 10*time.Second + 9*time.Second

// within are the prefixes of the names of all streams that lie in a space. Its own,
// and those of its credentials, are other matters.
func within(id space.ID) (prefixes []string) {
	for _, s := range []domain.Stream{
		contact.Key{Space: id}.Stream(),
		conversation.Stream(contact.Key{Space: id}),
		identifier.Key{Space: id}.Stream(),
		inbox.Key{Space: id}.Stream(),
		mailbox.Key{Space: id}.Stream(),
		intake.Key{Space: id}.Stream(),
		pair.Key{Space: id}.Stream(),
		process.Key{Space: id}.Stream(),
		erasure.Key{Space: id}.Stream(),
	} {
		prefixes = append(prefixes, strings.TrimRight(string(s), ".")+".")
	}
	return prefixes
}

// Destroy tombstones every stream of a deleted space, its own last, and returns how
// many they were; told, if given, is told how many so far. It waits until nobody can
// write to the space any more, which takes until settled after the deletion. It may
// stop anywhere and be done again.
func (h *Handler) Destroy(ctx context.Context, on Ground, d Deletion, settled time.Duration, told func(streams int)) (int, error) {
	w := wrecking{Deletion: d, on: on, told: told, late: map[domain.Stream]bool{}}
	if err := w.look(ctx, 0); err != nil {
		return w.buried, err
	}
	if err := until(ctx, d.At.Add(settled).Sub(h.Now())); err != nil {
		return w.buried, err
	}
	for found := -1; found != w.buried; {
		found = w.buried
		if err := w.look(ctx, d.Position); err != nil {
			return w.buried, err
		}
	}
	return w.buried + 1, on.Tombstone(ctx, d.Space.Stream())
}

// wrecking is the destruction of a space that is under way.
type wrecking struct {
	Deletion
	on     Ground
	told   func(streams int)
	buried int
	late   map[domain.Stream]bool // those buried that were begun after the deletion
}

// look looks for streams of the space that were begun after a position, and buries
// them.
func (w *wrecking) look(ctx context.Context, after domain.Position) error {
	graves := digging(ctx, w.on)
	for r, err := range w.on.Begun(ctx, after, append(within(w.Space), credentials)...) {
		if err != nil {
			return graves.filled(err)
		}
		if !w.holds(r) || w.late[r.Stream] {
			continue
		}
		if r.Position > w.Position {
			w.late[r.Stream] = true
		}
		if err := graves.bury(r.Stream); err != nil {
			return graves.filled(err)
		}
		if w.buried++; w.told != nil && w.buried%graveyard == 0 {
			w.told(w.buried)
		}
	}
	return graves.filled(nil)
}

// NoteDestroyed records that nothing is left of a deleted space.
func (h *Handler) NoteDestroyed(ctx context.Context, by domain.By, d Deletion, streams int) (domain.Position, error) {
	return h.Organization(ctx, by, d.Organization, organization.NoteDestroyed{Space: organization.SpaceID(d.Space), Streams: streams})
}

// until waits.
func until(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
