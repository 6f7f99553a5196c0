// Package still keeps those apart who tell something from the whole journal, from its
// beginning on, and those who take something out of histories. Who read some events of an
// erased contact as they were, and others as they are since, would come to what neither of
// the two tells: what was recorded with it is known by other names.
package still

import (
	"context"

	"github.com/jackc/pgx/v5"

	"skein/domain"
)

// ErrErasing refuses to tell anything from the whole journal while it is in between.
var ErrErasing = domain.Refuse(domain.Stale, "erasure_underway", "Somebody is being erased, so the journal cannot be read as a whole. Try again in a minute; if no server runs, start one, so that it brings that to its end.")

const key = `(hashtextextended('whole journal ' || current_schema(), 0))`

// Told keeps others from taking anything out of histories until end is called. It refuses
// with ErrErasing where they have come only a part of the way, or something that was filled
// meanwhile is not filled anew yet.
func Told(ctx context.Context, conn *pgx.Conn) (end func(), err error) {
	end, erasing, err := InPart(ctx, conn)
	if err == nil && !erasing { // what was filled in the midst of it is yet to be filled anew
		err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM checkpoints c JOIN erasures e ON e.position > c.begun WHERE c.begun > 0)`).Scan(&erasing)
	}
	switch {
	case end == nil:
		return nil, err
	case err == nil && erasing:
		err = ErrErasing
	}
	if err != nil {
		end()
		return nil, err
	}
	return end, nil
}

// InPart is Told for what can be told anew later: it reports whether they have come only a
// part of the way instead of refusing.
func InPart(ctx context.Context, conn *pgx.Conn) (end func(), erasing bool, err error) {
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock_shared`+key); err != nil {
		return nil, false, err
	}
	end = func() { _, _ = conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock_shared`+key) }
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM processes WHERE what = 'erase')`).Scan(&erasing)
	if err != nil {
		end()
		return nil, false, err
	}
	return end, erasing, nil
}

// Redacted keeps others from telling anything from the whole journal until end is called.
// It reports whether they, or others who redact, let it.
func Redacted(ctx context.Context, conn *pgx.Conn) (end func(), free bool, err error) {
	if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock`+key).Scan(&free); err != nil || !free {
		return nil, false, err
	}
	return func() { _, _ = conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock`+key) }, true, nil
}

// Telling reports whether anybody tells something from the whole journal, or redacts it.
func Telling(ctx context.Context, conn interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
},
) (is bool, err error) {
	err = conn.QueryRow(ctx, `
		SELECT EXISTS (
			SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint << 32 | objid::bigint = `+key+`
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`).Scan(&is)
	return is, err
}
