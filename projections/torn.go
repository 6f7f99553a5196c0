package projections

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"skein/domain"
)

// A read model that is filled from the beginning while somebody is erased only in part, as
// after a restore, comes to what the journal tells neither before nor afterwards: histories
// of which only some were redacted name the same interactions differently. It is filled
// anew once that has come to its end.

// NoteBegun notes of those projections that show nothing yet where the journal ends at which
// they begin. It is called before they follow it.
func NoteBegun(ctx context.Context, db DB, end domain.Position, names ...string) error {
	_, err := db.Exec(ctx, `
		INSERT INTO checkpoints AS c (projection, position, begun) SELECT name, 0, $1 FROM unnest($2::text[]) AS name
		WHERE name NOT IN (SELECT projection FROM checkpoints WHERE position > 0) -- whose rows others hold for long
		ORDER BY name -- so that those who start at once wait for one another in turn
		ON CONFLICT (projection) DO UPDATE SET begun = excluded.begun WHERE c.position = 0`, end, names)
	return err
}

// Mend fills those read models anew that may have met an erasure in its midst, and reports
// whether none is left of which that is not known yet.
func Mend(ctx context.Context, db *pgxpool.Pool, all map[string]*Projector, from Journal) (done bool, err error) {
	done = true
	for name, p := range all {
		var at domain.Position
		if err := db.QueryRow(ctx, `SELECT coalesce(max(begun), 0) FROM checkpoints`).Scan(&at); err != nil {
			return false, err
		}
		for _, one := range []*Projector{p, all["processes"], all["erasures"]} {
			if err := one.Await(ctx, at); err != nil {
				return false, err
			}
		}
		var begun domain.Position
		var erasing bool
		err := db.QueryRow(ctx, `
			SELECT coalesce(max(begun), 0), EXISTS (SELECT FROM processes WHERE what = 'erase')
			FROM checkpoints WHERE projection = $1`, name).Scan(&begun, &erasing)
		switch {
		case err != nil:
			return false, err
		case begun == 0:
			continue
		case erasing:
			done = false
			continue
		}
		erased, err := erasedSince(ctx, db, all, begun)
		if err != nil {
			return false, err
		}
		if erased {
			if err := p.Rebuild(ctx, from, nil); err != nil {
				return false, err
			}
		}
		if _, err := db.Exec(ctx, `UPDATE checkpoints SET begun = NULL WHERE projection = $1 AND begun = $2`, name, begun); err != nil {
			return false, err
		}
	}
	return done, nil
}

// erasedSince reports whether somebody was erased after a position, by an erasure that came
// to its end: that somebody was is recorded before the end is, but another read model may
// show the end first.
func erasedSince(ctx context.Context, db DB, all map[string]*Projector, begun domain.Position) (erased bool, err error) {
	ended, err := all["processes"].Checkpoint(ctx)
	if err != nil {
		return false, err
	}
	if err := all["erasures"].Await(ctx, ended); err != nil {
		return false, err
	}
	err = db.QueryRow(ctx, `SELECT EXISTS (SELECT FROM erasures WHERE position > $1)`, begun).Scan(&erased)
	return erased, err
}
