package projections

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/space"
)

// deletedSpaces are those a projector knows to be deleted: all whose deletion its
// tables show, and those it was handed the deletion of. It is handed everything that
// comes after what the tables showed when it began, so it need not look them up again.
type deletedSpaces struct {
	mu     sync.Mutex
	all    map[space.ID]bool
	loaded bool
}

// load reads, once, those whose deletion the tables show.
func (d *deletedSpaces) load(ctx context.Context, tx pgx.Tx, projection string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.loaded {
		return nil
	}
	rows, err := tx.Query(ctx, `SELECT id FROM deleted_spaces WHERE projection = $1`, projection)
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[space.ID])
	if err != nil {
		return err
	}
	d.add(ids)
	d.loaded = true
	return nil
}

// note remembers the spaces that events tell the deletion of.
func (d *deletedSpaces) note(events []domain.Recorded) {
	if ids := deletedIn(events); len(ids) > 0 {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.add(ids)
	}
}

func (d *deletedSpaces) add(ids []space.ID) {
	if d.all == nil {
		d.all = map[space.ID]bool{}
	}
	for _, id := range ids {
		d.all[id] = true
	}
}

func (d *deletedSpaces) has(id space.ID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.all[id]
}
