package projections

import (
	"context"
	"time"

	"skein/domain/credential"
)

// KeepUses keeps when credentials were last used, all in one statement. An earlier
// use than the one that is kept changes nothing.
func KeepUses(ctx context.Context, db DB, uses map[credential.ID]time.Time) error {
	var ids []string
	var at []time.Time
	for id, used := range uses {
		ids, at = append(ids, string(id)), append(at, used)
	}
	_, err := db.Exec(ctx, `
		INSERT INTO credential_uses AS u SELECT * FROM unnest($1::text[], $2::timestamptz[])
		ON CONFLICT (credential) DO UPDATE SET used = greatest(u.used, excluded.used)`, ids, at)
	return err
}
