package commands

import (
	"context"
	"errors"
	"hash/maphash"
	"iter"
	"sync"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// ImportRow is a contact in a file of contacts.
type ImportRow struct {
	Line   int // where it is in the file, from 1
	Fields map[string]string
	Tags   []string
	Err    *domain.Refusal // the row cannot be read
}

// Imported is what became of a row: a contact, or the reason why not.
type Imported struct {
	Line int
	ID   contact.ID
	Err  *domain.Refusal
}

// importers is how many rows are imported at the same time. They share what it
// costs to make an event safe.
const importers = 64

// ImportContacts makes a contact of each row, and says of each what became of it,
// one after the other but not in their order. A row that is refused holds up none
// of the others. Of rows with the same identifier the first one counts. It
// returns the position at which all of them show, and stops at the first fault
// that is not a row's own.
func (h *Handler) ImportContacts(ctx context.Context, by domain.By, in Room, rows iter.Seq[ImportRow], each func(Imported)) (last domain.Position, err error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var mu sync.Mutex
	tell := func(done Imported, at domain.Position) {
		mu.Lock()
		defer mu.Unlock()
		last = max(last, at)
		each(done)
	}
	var work [importers]chan ImportRow
	var running sync.WaitGroup
	for i := range work {
		work[i] = make(chan ImportRow, 4)
		running.Go(func() {
			for line := range work[i] {
				if ctx.Err() != nil {
					continue
				}
				id, at, err := h.CreateContact(ctx, row(by, line.Line), in, contact.Create{Fields: line.Fields, Tags: line.Tags, Origin: contact.ByImport})
				var refused *domain.Refusal
				switch {
				case errors.Is(err, space.ErrUnknown): // it was deleted in the meantime
					stop(err)
				case errors.As(err, &refused):
					tell(Imported{Line: line.Line, Err: refused}, 0)
				case err != nil:
					stop(err)
				default:
					tell(Imported{Line: line.Line, ID: id}, at)
				}
			}
		})
	}
	seed := maphash.MakeSeed()
	for row := range rows {
		if ctx.Err() != nil {
			break
		}
		if row.Err != nil {
			tell(Imported{Line: row.Line, Err: row.Err}, 0)
			continue
		}
		work[lane(seed, in.Space, row)] <- row
	}
	for i := range work {
		close(work[i])
	}
	running.Wait()
	return last, context.Cause(ctx)
}

// lane is the importer of a row. Rows with the same first identifier share one,
// and so keep their order.
func lane(seed maphash.Seed, in space.Space, row ImportRow) int {
	var hash maphash.Hash
	hash.SetSeed(seed)
	for _, kind := range in.Unique {
		if value := row.Fields[string(kind)]; value != "" {
			hash.WriteString(domain.Fold(value))
			return int(hash.Sum64() % importers)
		}
	}
	return row.Line % importers
}
